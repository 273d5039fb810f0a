namespace AmpEdge.SigV4;

/// <summary>What a verifier accepts.</summary>
public sealed record VerifierOptions
{
    /// <summary>The only service a credential scope may name.</summary>
    public required string Service { get; init; }

    /// <summary>The regions a credential scope may name.</summary>
    public required IReadOnlyList<string> Regions { get; init; }

    /// <summary>How far the date of a request may lie from now, either way.</summary>
    public TimeSpan MaxSkew { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>False for S3-like services, whose escapes are not escaped again.</summary>
    public bool EncodeTwice { get; init; } = true;

    /// <summary>Accepts <c>UNSIGNED-PAYLOAD</c> in place of the body's hash.</summary>
    public bool AllowUnsignedPayload { get; init; }
}
