using System.Text;
using System.Text.Unicode;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;

namespace AmpEdge.Agent.Scrape;

/// <summary>
/// Makes a target out of discovered labels: the job's defaults where discovery says nothing, relabelling, then address,
/// interval and time-out read back from the labels, which relabelling may have changed.
/// </summary>
internal static class TargetLabels
{
    private const string Address = "__address__";
    private const string Scheme = "__scheme__";
    private const string MetricsPath = "__metrics_path__";
    private const string ScrapeInterval = "__scrape_interval__";
    private const string ScrapeTimeout = "__scrape_timeout__";
    private const string ParameterPrefix = "__param_";
    private const string NativeHistograms = "__scrape_native_histograms__";
    private const string AlwaysClassic = "__always_scrape_classic_histograms__";
    private const string ConvertClassic = "__convert_classic_histograms_to_nhcb__";

    /// <summary>
    /// The target. Null when relabelling drops it, and then <paramref name="discovered"/> is what it had; null with a
    /// <paramref name="problem"/> when its labels make no target.
    /// </summary>
    public static Target? Make(
        ScrapeJob job, Labels target, Labels group, LabelsBuilder labels, out Labels discovered, out string? problem)
    {
        problem = null;
        discovered = Discovered(job, target, group, labels);
        if (!Relabeler.Process(labels, job.RelabelRules))
        {
            return null;
        }

        problem = ReadBack(labels, out TimeSpan interval, out TimeSpan timeout);
        if (problem is not null)
        {
            return null;
        }

        problem = ReadHistograms(labels, out TargetHistograms histograms);
        if (problem is not null)
        {
            return null;
        }

        RemoveMetaLabels(labels);
        if (labels.GetString(LabelNames.Instance).Length == 0)
        {
            labels.Set(LabelNames.Instance, labels.GetString(Address));
        }

        Labels final = labels.Build();
        problem = CheckValues(final);
        if (problem is not null)
        {
            return null;
        }

        if (!TryBuildUrl(job, final, out Uri? url))
        {
            problem = $"\"{final.GetString(Address)}\" and \"{final.GetString(MetricsPath)}\" make no valid URL";
            return null;
        }

        return new Target(final, discovered, url, interval, timeout) { Histograms = histograms };
    }

    private static Labels Discovered(ScrapeJob job, Labels target, Labels group, LabelsBuilder labels)
    {
        labels.Reset(target);
        foreach (LabelPair label in group)
        {
            SetDefault(labels, label.Name, label.Value);
        }

        SetDefault(labels, LabelNames.Job, job.Name);
        SetDefault(labels, ScrapeInterval, PrometheusDuration.Format(job.Interval));
        SetDefault(labels, ScrapeTimeout, PrometheusDuration.Format(job.Timeout));
        SetDefault(labels, NativeHistograms, job.Samples.Histograms.Native ? "true" : "false");
        SetDefault(labels, AlwaysClassic, job.Samples.Histograms.AlwaysClassic ? "true" : "false");
        SetDefault(labels, ConvertClassic, job.Samples.ConvertClassicHistograms ? "true" : "false");
        SetDefault(labels, MetricsPath, job.MetricsPath);
        SetDefault(labels, Scheme, job.Scheme);
        foreach ((string name, IReadOnlyList<string> values) in job.Parameters)
        {
            if (values.Count > 0)
            {
                labels.Set(ParameterPrefix + name, values[0]);
            }
        }

        return labels.Build();
    }

    private static void SetDefault(LabelsBuilder labels, string name, string value) =>
        SetDefault(labels, Encoding.UTF8.GetBytes(name), Encoding.UTF8.GetBytes(value));

    private static void SetDefault(LabelsBuilder labels, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (!labels.TryGet(name, out ReadOnlySpan<byte> known) || known.IsEmpty)
        {
            labels.Set(name, value);
        }
    }

    private static string? ReadBack(LabelsBuilder labels, out TimeSpan interval, out TimeSpan timeout)
    {
        interval = default;
        timeout = default;
        string address = labels.GetString(Address);
        if (address.Length == 0)
        {
            return "no address";
        }

        if (address.Contains('/', StringComparison.Ordinal))
        {
            return $"\"{address}\" is not a valid hostname";
        }

        string intervalText = labels.GetString(ScrapeInterval);
        if (!PrometheusDuration.TryParse(intervalText, out interval, out string wrong))
        {
            return $"error parsing scrape interval: {wrong}";
        }

        if (interval == TimeSpan.Zero)
        {
            return "scrape interval cannot be 0";
        }

        string timeoutText = labels.GetString(ScrapeTimeout);
        if (!PrometheusDuration.TryParse(timeoutText, out timeout, out wrong))
        {
            return $"error parsing scrape timeout: {wrong}";
        }

        if (timeout == TimeSpan.Zero)
        {
            return "scrape timeout cannot be 0";
        }

        return timeout > interval
            ? $"scrape timeout cannot be greater than scrape interval (\"{timeoutText}\" > \"{intervalText}\")"
            : null;
    }

    /// <summary>What is taken of histograms may be changed for a target by relabelling.</summary>
    private static string? ReadHistograms(LabelsBuilder labels, out TargetHistograms histograms)
    {
        bool always = false;
        bool native = false;
        string? problem = ReadSwitch(labels, ConvertClassic, "convert classic histograms to nhcb", out bool convert)
            ?? ReadSwitch(labels, AlwaysClassic, "always scrape classic histograms", out always)
            ?? ReadSwitch(labels, NativeHistograms, "scrape native histograms", out native);
        histograms = new TargetHistograms(new HistogramForms(native, always), convert);
        return problem;
    }

    private static string? ReadSwitch(LabelsBuilder labels, string label, string what, out bool value)
    {
        string text = labels.GetString(label);
        value = text is "1" or "t" or "T" or "true" or "TRUE" or "True";
        return value || text is "0" or "f" or "F" or "false" or "FALSE" or "False"
            ? null
            : $"error parsing {what}: strconv.ParseBool: parsing \"{text}\": invalid syntax";
    }

    private static void RemoveMetaLabels(LabelsBuilder labels)
    {
        for (int index = labels.Count - 1; index >= 0; index--)
        {
            if (labels[index].Name.StartsWith("__meta_"u8))
            {
                labels.RemoveAt(index);
            }
        }
    }

    private static string? CheckValues(Labels labels)
    {
        foreach (LabelPair label in labels)
        {
            if (!Utf8.IsValid(label.Value))
            {
                return $"invalid label value for \"{Encoding.UTF8.GetString(label.Name)}\"";
            }
        }

        return null;
    }

    private static bool TryBuildUrl(ScrapeJob job, Labels labels, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Uri? url)
    {
        StringBuilder text = new();
        text.Append(labels.GetString(Scheme)).Append("://").Append(labels.GetString(Address));
        string path = labels.GetString(MetricsPath);
        text.Append(path.StartsWith('/') ? "" : "/").Append(path.Replace("?", "%3F", StringComparison.Ordinal));
        char separator = '?';
        foreach ((string name, string value) in Parameters(job, labels))
        {
            text.Append(separator).Append(Encode(name)).Append('=').Append(Encode(value));
            separator = '&';
        }

        return Uri.TryCreate(text.ToString(), UriKind.Absolute, out url);
    }

    /// <summary>The job's parameters, where a label <c>__param_x</c> replaces the first value of x, by name.</summary>
    private static List<KeyValuePair<string, string>> Parameters(ScrapeJob job, Labels labels)
    {
        SortedDictionary<string, List<string>> byName = new(StringComparer.Ordinal);
        foreach ((string name, IReadOnlyList<string> values) in job.Parameters)
        {
            byName[name] = [.. values];
        }

        foreach (LabelPair label in labels)
        {
            if (!label.Name.StartsWith("__param_"u8))
            {
                continue;
            }

            string name = Encoding.UTF8.GetString(label.Name[ParameterPrefix.Length..]);
            string value = Encoding.UTF8.GetString(label.Value);
            if (byName.TryGetValue(name, out List<string>? values) && values.Count > 0)
            {
                values[0] = value;
            }
            else
            {
                byName[name] = [value];
            }
        }

        List<KeyValuePair<string, string>> pairs = [];
        foreach ((string name, List<string> values) in byName)
        {
            foreach (string value in values)
            {
                pairs.Add(new KeyValuePair<string, string>(name, value));
            }
        }

        return pairs;
    }

    /// <summary>As Go encodes queries: a space is a plus.</summary>
    private static string Encode(string text) =>
        Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
