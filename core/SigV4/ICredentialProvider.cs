namespace AmpEdge.SigV4;

/// <summary>Finds credentials; may take long and may throw whatever its source throws.</summary>
public interface ICredentialProvider
{
    /// <summary>The credentials to use from now on; cheap when the last ones are still fresh.</summary>
    Task<ResolvedCredentials> ResolveAsync(CancellationToken cancel);

    /// <summary>
    /// Drops what is kept, because a service said that it has expired before its time: the next look-up asks the source.
    /// </summary>
    void Forget();
}
