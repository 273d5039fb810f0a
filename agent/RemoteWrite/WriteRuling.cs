using AmpEdge.Agent.Buffer;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>What a destination's write relabelling made of one series.</summary>
/// <param name="Kind">The outcome.</param>
/// <param name="Labels">The final labels, where they are other than the scraped and external ones.</param>
internal readonly record struct WriteRuling(WriteRulingKind Kind, SlabPlace Labels)
{
    public static WriteRuling AsScraped => new(WriteRulingKind.AsScraped, default);

    public static WriteRuling Dropped => new(WriteRulingKind.Dropped, default);

    public static WriteRuling RewrittenAt(SlabPlace labels) => new(WriteRulingKind.Rewritten, labels);
}
