using AmpEdge.Prometheus;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>What a destination's write relabelling made of one series.</summary>
/// <param name="Kind">The outcome.</param>
/// <param name="Final">The series with the final labels, where they are other than the scraped and external ones; it is held.</param>
internal readonly record struct WriteRuling(WriteRulingKind Kind, SeriesRef Final)
{
    public static WriteRuling AsScraped => new(WriteRulingKind.AsScraped, default);

    public static WriteRuling Dropped => new(WriteRulingKind.Dropped, default);

    public static WriteRuling RewrittenTo(SeriesRef final) => new(WriteRulingKind.Rewritten, final);
}
