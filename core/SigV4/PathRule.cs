namespace AmpEdge.SigV4;

/// <summary>How the path of the wire becomes the path of the canonical request.</summary>
/// <param name="Normalize">Dots and doubled slashes are resolved first.</param>
/// <param name="EncodeTwice">
/// Escapes of the wire path are escaped once more (<c>%2F</c> becomes <c>%252F</c>): every service but S3.
/// </param>
public readonly record struct PathRule(bool Normalize, bool EncodeTwice)
{
    /// <summary>Every service but S3.</summary>
    public static PathRule Default => new(Normalize: true, EncodeTwice: true);

    /// <summary>The path as it was sent, dots and doubled slashes kept.</summary>
    public static PathRule AsSent => new(Normalize: false, EncodeTwice: true);

    /// <summary>S3 keys are opaque: nothing is resolved and escapes stand as they are.</summary>
    public static PathRule S3 => new(Normalize: false, EncodeTwice: false);

    /// <summary>The rule that a service name implies.</summary>
    public static PathRule ForService(string service) =>
        service is "s3" or "s3-object-lambda" or "s3-outposts" or "s3express" ? S3 : Default;
}
