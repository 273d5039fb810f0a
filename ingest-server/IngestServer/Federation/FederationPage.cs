using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.IngestServer.Federation;

/// <summary>
/// Writes samples, ordered by name, as the page of a scrape. Every metric has an <c>instance</c>, if need be an empty one, or
/// the reader would put its own in, as for a series of the server itself.
/// </summary>
internal sealed class FederationPage
{
    private readonly FederationFormat _format;
    private readonly ExpositionWriter _text;
    private readonly ProtobufFamilyWriter _families;
    private readonly ByteBuffer _labels = new();
    private FederatedSample _last;
    private string _name = "";
    private bool _hasFamily;

    public FederationPage(FederationFormat format)
    {
        _format = format;
        _text = new ExpositionWriter(Bytes, ExpositionFormat.Text004);
        _families = new ProtobufFamilyWriter(Bytes);
    }

    /// <summary>What is written and not yet taken away.</summary>
    public ByteBuffer Bytes { get; } = new();

    /// <summary>Native histograms have a form in protobuf only, and there only those without bounds of their own.</summary>
    public bool Takes(in FederatedSample sample) =>
        sample.Histogram is null || (_format.IsProtobuf && !sample.Histogram.HasCustomBuckets);

    public void Add(in FederatedSample sample)
    {
        if (!_hasFamily || !_last.SharesFamily(in sample))
        {
            End();
            BeginFamily(in sample);
        }

        _last = sample;
        if (_format.IsProtobuf)
        {
            AddToFamily(in sample);
        }
        else
        {
            AddLine(in sample);
        }
    }

    /// <summary>Ends the last family.</summary>
    public void End()
    {
        if (_hasFamily && _format.IsProtobuf)
        {
            _families.EndFamily();
        }

        _hasFamily = false;
    }

    private void BeginFamily(in FederatedSample sample)
    {
        ReadOnlySpan<byte> name = NameEscaping.Escape(Encoding.UTF8.GetBytes(sample.Name), _format.Escaping);
        _hasFamily = true;
        if (!_format.IsProtobuf)
        {
            _name = Encoding.UTF8.GetString(name);
            _text.BeginFamily(_name, "", MetricType.Unknown);
        }
        else if (sample.Histogram is null)
        {
            _families.BeginUntyped(name);
        }
        else
        {
            _families.BeginHistograms(name, sample.IsGauge);
        }
    }

    private void AddLine(in FederatedSample sample)
    {
        _labels.Clear();
        foreach (LabelPair label in sample.Series)
        {
            if (!label.Name.SequenceEqual(LabelNames.MetricNameUtf8))
            {
                ExpositionWriter.AppendLabel(_labels, NameEscaping.Escape(label.Name, _format.Escaping), label.Value);
            }
        }

        if (!sample.Series.Has("instance"u8))
        {
            ExpositionWriter.AppendLabel(_labels, "instance"u8, default);
        }

        _text.WriteSample(_name, _labels.Written, sample.Value, sample.TimestampMs);
    }

    private void AddToFamily(in FederatedSample sample)
    {
        foreach (LabelPair label in sample.Series)
        {
            if (!label.Name.SequenceEqual(LabelNames.MetricNameUtf8))
            {
                _families.AddLabel(NameEscaping.Escape(label.Name, _format.Escaping), label.Value);
            }
        }

        if (!sample.Series.Has("instance"u8))
        {
            _families.AddLabel("instance"u8, default);
        }

        if (sample.Histogram is { } histogram)
        {
            _families.EndMetric(histogram, sample.TimestampMs);
        }
        else
        {
            _families.EndMetric(sample.Value, sample.TimestampMs);
        }
    }
}
