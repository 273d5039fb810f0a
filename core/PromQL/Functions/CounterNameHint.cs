using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.PromQL;

/// <summary>
/// The hint that a series does not look like a counter: by its name or, where series carry their types, by the label
/// <c>__type__</c>.
/// </summary>
internal sealed class CounterNameHint(AnnotationWriter annotations, bool byType, int argumentPosition)
{
    /// <summary>The label sets of one metric need one hint, so the text last written is enough to know.</summary>
    private byte[] _lastName = [];
    private byte[] _lastType = [];

    /// <summary>The hint of a call, about its range argument.</summary>
    public static CounterNameHint For(FunctionCall call) =>
        new(call.Context.Annotations, call.Context.Options.TypeAndUnitLabels, call.Position(0));

    /// <summary>Called for a series of which a rate or increase was taken.</summary>
    public void Look(Labels labels)
    {
        ReadOnlySpan<byte> name = labels.Get(LabelNames.MetricNameUtf8);
        ReadOnlySpan<byte> type = byType ? labels.Get(LabelNames.MetricTypeUtf8) : default;
        bool looksRight = name.IsEmpty || (byType
            ? type.SequenceEqual("counter"u8) || type.SequenceEqual("histogram"u8)
            : name.EndsWith("_total"u8)
                || name.EndsWith("_sum"u8)
                || name.EndsWith("_count"u8)
                || name.EndsWith("_bucket"u8));
        if (looksRight || (name.SequenceEqual(_lastName) && type.SequenceEqual(_lastType)))
        {
            return;
        }

        _lastName = name.ToArray();
        _lastType = type.ToArray();
        string quotedName = LabelsFormatter.Quote(Encoding.UTF8.GetString(name));
        annotations.Inform(argumentPosition, byType
            ? "metric might not be a counter, __type__ label is not set to \"counter\" or \"histogram\", got "
                + $"{LabelsFormatter.Quote(Encoding.UTF8.GetString(type))}: {quotedName}"
            : $"metric might not be a counter, name does not end in _total/_sum/_count/_bucket: {quotedName}");
    }
}
