using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

/// <summary>Native histograms as test scripts write them.</summary>
internal static class HistogramTexts
{
    public static FloatHistogram Parse(string text)
    {
        Assert.True(SeriesDescriptionParser.TryParse("{} " + text, out SeriesDescription? description, out ParseError? error), $"{error}");
        FloatHistogram? histogram = description.Values[0].Histogram;
        Assert.NotNull(histogram);
        return histogram;
    }
}
