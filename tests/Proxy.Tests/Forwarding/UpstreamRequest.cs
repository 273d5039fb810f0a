using AmpEdge.SigV4;

namespace AmpEdge.Proxy.Tests.Forwarding;

/// <summary>A request as it reached the upstream, and what its signature was worth.</summary>
internal sealed record UpstreamRequest(
    string Method,
    string Target,
    IReadOnlyList<HeaderField> Headers,
    byte[] Body,
    VerificationResult Verification)
{
    /// <summary>The value of a header, repeated ones joined by <c>|</c>; null when absent.</summary>
    public string? Header(string name)
    {
        List<string> values = [];
        foreach (HeaderField field in Headers)
        {
            if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                values.Add(field.Value);
            }
        }

        return values.Count == 0 ? null : string.Join('|', values);
    }
}
