namespace AmpEdge.SigV4;

/// <summary>Finds credentials; may take long and may throw whatever its source throws.</summary>
public interface ICredentialProvider
{
    /// <summary>The credentials to use from now on; cheap when the last ones are still fresh.</summary>
    Task<ResolvedCredentials> ResolveAsync(CancellationToken cancel);
}
