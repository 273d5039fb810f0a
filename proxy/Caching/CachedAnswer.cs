using Microsoft.Extensions.Primitives;

namespace AmpEdge.Proxy.Caching;

/// <summary>A whole answer of 200, to be sent to any number of callers.</summary>
/// <param name="Headers">Those of the upstream, without what belongs to one connection.</param>
/// <param name="Body">As it came, in the encoding that the headers tell.</param>
/// <param name="StoredAt">A timestamp of the proxy's clock.</param>
/// <param name="Lifetime">How long it may serve later reads; zero for none.</param>
internal sealed record CachedAnswer(
    IReadOnlyList<KeyValuePair<string, StringValues>> Headers, byte[] Body, long StoredAt, TimeSpan Lifetime)
{
    /// <summary>What is counted for a header and for the object itself, beside their texts.</summary>
    private const int Overhead = 200;

    /// <summary>Roughly the memory that it holds.</summary>
    public long SizeBytes { get; } = Body.Length + Overhead + Headers.Count * Overhead;
}
