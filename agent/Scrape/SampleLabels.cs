using System.Text;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// Makes a series' final labels from what its line says: target labels, <c>honor_labels</c>, metric relabelling,
/// limits. Runs once per series. Not thread-safe: each loop has one.
/// </summary>
internal sealed class SampleLabels
{
    /// <summary>
    /// Relabelling looks labels up one by one, so their number must be bounded even where the configuration sets no limit.
    /// </summary>
    private const int MaxLabels = 16 << 10;

    private static readonly byte[] s_exported = "exported_"u8.ToArray();

    private readonly LabelsBuilder _builder = new();
    private readonly List<(byte[] Name, byte[] Value)> _conflicts = [];
    private readonly Labels _targetLabels;
    private readonly bool _honorLabels;
    private readonly bool _utf8Names;
    private readonly RelabelRule[] _rules;
    private readonly ScrapeLimits _limits;

    /// <param name="targetLabels">The target's labels without those that begin with two underscores.</param>
    /// <param name="honorLabels">Whether a label of the page wins over the target's of the same name.</param>
    /// <param name="utf8Names">Whether names may be any UTF-8, or only those of the old alphabet.</param>
    /// <param name="rules">The metric relabel rules.</param>
    /// <param name="limits">The limits on labels.</param>
    public SampleLabels(
        Labels targetLabels, bool honorLabels, bool utf8Names, RelabelRule[] rules, ScrapeLimits limits)
    {
        _targetLabels = targetLabels;
        _honorLabels = honorLabels;
        _utf8Names = utf8Names;
        _rules = rules;
        _limits = limits;
    }

    /// <summary>The rule that dropped the last series that <see cref="Make"/> gave no labels for, or -1 when none did.</summary>
    public int DroppedBy { get; private set; }

    /// <summary>True when a limit on labels was the problem of the last series.</summary>
    public bool IsOverLimits { get; private set; }

    /// <summary>
    /// The labels of a page's series. Null with a <paramref name="problem"/> when they fail the scrape, null
    /// without one when relabelling drops the series.
    /// </summary>
    public Labels? Make<TSeries>(ref readonly TSeries series, out string? problem)
        where TSeries : struct, ISeriesText, allows ref struct
    {
        IsOverLimits = series.Labels.Count > MaxLabels;
        if (IsOverLimits)
        {
            problem = $"a series has {series.Labels.Count} labels, more than {MaxLabels}, which no label_limit allows";
            return null;
        }

        _builder.Reset();
        SeriesLabels.AppendTo(in series, _builder);
        ReadOnlySpan<byte> repeated = _builder.FindDuplicate();
        if (!repeated.IsEmpty)
        {
            problem = $"label name \"{Encoding.UTF8.GetString(repeated)}\" is not unique: invalid sample";
            return null;
        }

        if (_honorLabels)
        {
            AddMissingTargetLabels();
        }
        else
        {
            SetTargetLabels();
        }

        problem = null;
        DroppedBy = -1;
        if (_rules.Length > 0 && !Relabeler.Process(_builder, _rules, out int droppedBy))
        {
            DroppedBy = droppedBy;
            return null;
        }

        Labels labels = _builder.Build();
        if (labels.IsEmpty)
        {
            return null;
        }

        problem = Check(labels);
        return problem is null ? labels : null;
    }

    /// <summary>A label that the page gives, even with an empty value, hides the target's.</summary>
    private void AddMissingTargetLabels()
    {
        foreach (LabelPair label in _targetLabels)
        {
            if (!_builder.TryGet(label.Name, out _))
            {
                _builder.Append(label.Name, label.Value);
            }
        }
    }

    /// <summary>The page's labels that clash move aside, the shortest name first, each to the first free name.</summary>
    private void SetTargetLabels()
    {
        _conflicts.Clear();
        foreach (LabelPair label in _targetLabels)
        {
            if (_builder.TryGet(label.Name, out ReadOnlySpan<byte> exposed) && !exposed.IsEmpty)
            {
                _conflicts.Add((label.Name.ToArray(), exposed.ToArray()));
            }

            _builder.Set(label.Name, label.Value);
        }

        // Insertion order among equal lengths must stay, and List.Sort is not stable.
        for (int index = 1; index < _conflicts.Count; index++)
        {
            for (int at = index; at > 0 && _conflicts[at].Name.Length < _conflicts[at - 1].Name.Length; at--)
            {
                (_conflicts[at], _conflicts[at - 1]) = (_conflicts[at - 1], _conflicts[at]);
            }
        }

        foreach ((byte[] name, byte[] value) in _conflicts)
        {
            byte[] free = [.. s_exported, .. name];
            while (_builder.TryGet(free, out ReadOnlySpan<byte> taken) && !taken.IsEmpty)
            {
                free = [.. s_exported, .. free];
            }

            _builder.Set(free, value);
        }
    }

    private string? Check(Labels labels)
    {
        if (!labels.TryGet(LabelNames.MetricNameUtf8, out ReadOnlySpan<byte> metric))
        {
            return "missing metric name (__name__ label)";
        }

        int count = 0;
        foreach (LabelPair label in labels)
        {
            count++;
            bool isMetricName = label.Name.SequenceEqual(LabelNames.MetricNameUtf8);
            bool valid = _utf8Names
                ? LabelNames.IsUtf8Name(isMetricName ? label.Value : label.Name)
                : isMetricName ? LabelNames.IsLegacyMetricName(label.Value) : LabelNames.IsLegacyLabelName(label.Name);
            if (!valid)
            {
                return $"invalid metric name or label names: {labels}";
            }
        }

        string? overLimit = CheckLimits(labels, count, Encoding.UTF8.GetString(metric));
        IsOverLimits = overLimit is not null;
        return overLimit;
    }

    private string? CheckLimits(Labels labels, int count, string metric)
    {
        if (_limits.LabelLimit > 0 && count > _limits.LabelLimit)
        {
            return $"label_limit exceeded (metric: {metric}, number of labels: {count}, limit: {_limits.LabelLimit})";
        }

        if (_limits.LabelNameLengthLimit == 0 && _limits.LabelValueLengthLimit == 0)
        {
            return null;
        }

        foreach (LabelPair label in labels)
        {
            if (_limits.LabelNameLengthLimit > 0 && label.Name.Length > _limits.LabelNameLengthLimit)
            {
                return $"label_name_length_limit exceeded (metric: {metric}, label name: {Shorten(label.Name)}, "
                    + $"length: {label.Name.Length}, limit: {_limits.LabelNameLengthLimit})";
            }

            if (_limits.LabelValueLengthLimit > 0 && label.Value.Length > _limits.LabelValueLengthLimit)
            {
                return $"label_value_length_limit exceeded (metric: {metric}, label name: {Shorten(label.Name)}, "
                    + $"value: \"{Shorten(label.Value)}\", length: {label.Value.Length}, "
                    + $"limit: {_limits.LabelValueLengthLimit})";
            }
        }

        return null;
    }

    private static string Shorten(ReadOnlySpan<byte> text) =>
        text.Length <= 50 ? Encoding.UTF8.GetString(text) : Encoding.UTF8.GetString(text[..50]) + "...";
}
