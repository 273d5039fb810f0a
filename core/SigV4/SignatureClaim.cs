namespace AmpEdge.SigV4;

/// <summary>What a request says about its own signature, in its header or in its query; nothing is checked yet.</summary>
internal ref struct SignatureClaim
{
    public ReadOnlySpan<char> AccessKeyId;

    /// <summary>The day of the credential scope, <c>yyyyMMdd</c>.</summary>
    public ReadOnlySpan<char> Day;

    public ReadOnlySpan<char> Region;

    public ReadOnlySpan<char> Service;

    /// <summary>Names joined by semicolons, as given.</summary>
    public ReadOnlySpan<char> SignedNames;

    /// <summary>Hex, as given.</summary>
    public ReadOnlySpan<char> Signature;

    /// <summary>The date of the request, sixteen characters.</summary>
    public ReadOnlySpan<char> Date;

    /// <summary>The date is that of the <c>Date</c> header, which must then be signed.</summary>
    public bool IsHttpDate;

    /// <summary>The date as a time.</summary>
    public DateTimeOffset SignedAt;

    /// <summary>How long a presigned URL is good for; null for the header form.</summary>
    public TimeSpan? Lifetime;

    /// <summary>The session token that came along; null without one.</summary>
    public string? SessionToken;
}
