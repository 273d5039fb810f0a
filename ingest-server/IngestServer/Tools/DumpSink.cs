using System.Globalization;
using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Tsdb;

namespace AmpEdge.IngestServer.Tools;

/// <summary>Prints a line for each sample: labels, value, time in milliseconds.</summary>
internal struct DumpSink(TextWriter output) : ISampleSink
{
    private readonly StringBuilder _line = new();

    /// <summary>How the labels of the series stand in its lines.</summary>
    public string Labels { get; set; } = "";

    public readonly void Add(long timestampMs, double value)
    {
        _line.Clear().Append(Labels).Append(' ');
        GoText.AppendNumber(_line, value);
        WriteLine(timestampMs);
    }

    public readonly void Add(long timestampMs, Histogram histogram)
    {
        _line.Clear().Append(Labels).Append(' ');
        HistogramLine.Append(_line, histogram.ToFloat());
        WriteLine(timestampMs);
    }

    private readonly void WriteLine(long timestampMs) =>
        output.WriteLine(_line.Append(CultureInfo.InvariantCulture, $" {timestampMs}"));
}
