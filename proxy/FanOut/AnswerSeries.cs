using AmpEdge.Prometheus;

namespace AmpEdge.Proxy.FanOut;

/// <summary>One series of a member's answer: its labels in the virtual workspace, and where in the answer its points are.</summary>
/// <param name="Labels">With the workspace label.</param>
/// <param name="Floats">The value of <c>value</c> or <c>values</c>, as text; empty when there is none.</param>
/// <param name="Histograms">The value of <c>histogram</c> or <c>histograms</c>, as text; empty when there is none.</param>
internal readonly record struct AnswerSeries(Labels Labels, Range Floats, Range Histograms)
{
    public static Range None { get; } = 0..0;
}
