namespace AmpEdge.SigV4;

/// <summary>The region and service a signature is good for: the middle of the credential scope.</summary>
/// <param name="Region">Such as <c>us-east-1</c>.</param>
/// <param name="Service">The signing name, <c>aps</c> for both planes of Amazon Managed Prometheus.</param>
public readonly record struct SigningScope(string Region, string Service)
{
    public override string ToString() => $"{Region}/{Service}";
}
