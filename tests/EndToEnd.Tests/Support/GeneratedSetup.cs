using System.Globalization;
using System.Text;
using AmpEdge.Tests.Support;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>
/// Jobs, targets and pages drawn from a seed: relabelling, label conflicts, limits, odd values, labels and times. Only what
/// Debian's Prometheus 2.42 and later ones understand alike.
/// </summary>
public sealed class GeneratedSetup
{
    private static readonly string[] s_relabelRules =
    [
        "{source_labels: [zone], regex: '(.).*', target_label: zone_letter}",
        "{source_labels: [zone, __address__], separator: '@', target_label: place, action: uppercase}",
        "{regex: 'meta_(.+)', action: labelmap, replacement: 'm_$1'}",
        "{source_labels: [__address__], modulus: 7, target_label: shard, action: hashmod}",
        "{source_labels: [zone], regex: 'drop.*', action: drop}",
        "{regex: 'meta_b', action: labeldrop}",
        "{target_label: instance, replacement: 'renamed:${1}x'}",
        "{source_labels: [zone], target_label: zone, action: lowercase}",
    ];

    private static readonly string[] s_metricRules =
    [
        "{source_labels: [__name__], regex: 'gen_1_.*', action: drop}",
        "{source_labels: [code], regex: '5..', target_label: failed, replacement: 'yes'}",
        "{regex: 'path', action: labeldrop}",
        "{source_labels: [__name__, code], regex: 'gen_(.+);200', target_label: __name__, replacement: 'ok_$1'}",
        "{source_labels: [job], target_label: job, replacement: '$1-scraped'}",
        "{source_labels: [code, method], action: keepequal, target_label: nothing}",
        "{regex: '(code|method)', replacement: 'http_$1', action: labelmap}",
        "{source_labels: [method], regex: 'GET|POST|', action: keep}",
    ];

    /// <summary>Without -0, which Prometheus sends as 0: it leaves out what compares equal to it.</summary>
    private static readonly string[] s_values =
    [
        "0", "1", "0.1", "1e308", "5e-324", "2.2250738585072014e-308", "NaN", "+Inf", "-Inf", "1.7976931348623157e308",
        "123456789.123456789", "9007199254740993", "0.30000000000000004", "1e-7", "-17.5",
    ];

    private static readonly string[] s_plainValues = ["200", "500", "GET", "POST", @"a\""b", @"back\\slash", "Ünïcode ☃", "x"];

    /// <summary>
    /// Empty values and line breaks mean something else to Prometheus 2 where labels clash (<c>exported_job=""</c> is there) and
    /// where a rule looks at them (its dot does not match a line break): only labels without such a part get them.
    /// </summary>
    private static readonly string[] s_anyValues = [.. s_plainValues, "", @"line\nbreak"];

    private readonly Gen _gen;
    private readonly PageServer _server;
    private readonly long _ownTimeMs;
    private readonly StringBuilder _jobs = new();

    public GeneratedSetup(Gen gen, PageServer server, long ownTimeMs)
    {
        _gen = gen;
        _server = server;
        _ownTimeMs = ownTimeMs;
        int jobs = gen.Int(1, 5);
        for (int job = 0; job < jobs; job++)
        {
            AddJob(job);
        }
    }

    /// <summary>How many targets there are before relabelling.</summary>
    public int Targets { get; private set; }

    /// <summary>The configuration, writing to a URL.</summary>
    public string ConfigurationFor(string writeUrl) =>
        $$"""
        global:
          scrape_interval: 1s
          scrape_timeout: 1s
          external_labels: {cluster: east, method: external}
        scrape_configs:
        {{_jobs}}
        remote_write:
        - url: {{writeUrl}}
          queue_config: {batch_send_deadline: 200ms}
          metadata_config: {send: false}
          write_relabel_configs:
          - {source_labels: [cluster], target_label: copied}
        """;

    private void AddJob(int job)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/{_gen.Seed}/{job}");
        _server.Set(path, Page());
        _jobs.AppendLine(CultureInfo.InvariantCulture, $"- job_name: job{job}");
        _jobs.AppendLine(CultureInfo.InvariantCulture, $"  metrics_path: {path}");
        _jobs.AppendLine(CultureInfo.InvariantCulture, $"  honor_labels: {Text(_gen.Bool())}");
        _jobs.AppendLine(CultureInfo.InvariantCulture, $"  honor_timestamps: {Text(_gen.Bool())}");
        AddLimit("sample_limit", 4, 60);
        AddLimit("label_limit", 8, 12);
        AddLimit("label_name_length_limit", 20, 40);
        AddLimit("label_value_length_limit", 20, 60);
        _jobs.AppendLine("  static_configs:");
        int groups = _gen.Int(1, 3);
        for (int group = 0; group < groups; group++)
        {
            string zone = _gen.Pick("north", "South", "drop-me", "");
            _jobs.AppendLine(CultureInfo.InvariantCulture, $"  - targets: ['{_server.Address}']");
            _jobs.AppendLine(CultureInfo.InvariantCulture, $"    labels: {{zone: '{zone}', meta_a: 'one', meta_b: 'two', group: 'g{group}'}}");
            Targets++;
        }

        AddRules("relabel_configs", s_relabelRules);
        AddRules("metric_relabel_configs", s_metricRules);
    }

    private void AddLimit(string key, int min, int max)
    {
        if (_gen.OneIn(6))
        {
            _jobs.AppendLine(CultureInfo.InvariantCulture, $"  {key}: {_gen.Int(min, max)}");
        }
    }

    private void AddRules(string key, string[] rules)
    {
        int count = _gen.Int(4);
        if (count == 0)
        {
            return;
        }

        _jobs.AppendLine(CultureInfo.InvariantCulture, $"  {key}:");
        for (int rule = 0; rule < count; rule++)
        {
            _jobs.AppendLine(CultureInfo.InvariantCulture, $"  - {_gen.Pick<string>(rules)}");
        }
    }

    private string Page()
    {
        StringBuilder page = new();
        HashSet<string> known = new(StringComparer.Ordinal);
        int families = _gen.Int(1, 8);
        for (int family = 0; family < families; family++)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"gen_{family}_{_gen.Pick("total", "bytes", "ratio")}");
            if (_gen.Bool())
            {
                page.AppendLine(CultureInfo.InvariantCulture, $"# HELP {name} Words with \\n and \\\\ in them.");
                page.AppendLine(CultureInfo.InvariantCulture, $"# TYPE {name} {_gen.Pick("counter", "gauge", "untyped")}");
            }

            int samples = _gen.Int(1, 12);
            for (int sample = 0; sample < samples; sample++)
            {
                string series = name + LabelSet(sample);
                if (known.Add(series))
                {
                    page.Append(series).Append(' ').Append(Value());
                    page.Append(_gen.OneIn(8) ? string.Create(CultureInfo.InvariantCulture, $" {_ownTimeMs}") : "").Append('\n');
                }
            }
        }

        return page.ToString().ReplaceLineEndings("\n");
    }

    private string LabelSet(int sample)
    {
        StringBuilder labels = new();
        foreach (string name in (string[])["code", "method", "path", "job", "exported_job", "zone", "instance"])
        {
            if (_gen.OneIn(3))
            {
                labels.Append(CultureInfo.InvariantCulture, $"{name}=\"{_gen.Pick<string>(name is "path" or "zone" ? s_anyValues : s_plainValues)}\",");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{{{labels}number=\"{sample}\"}}");
    }

    private string Value() => _gen.Bool()
        ? _gen.Pick<string>(s_values)
        : (_gen.Double() * Math.Pow(10, _gen.Int(-12, 13))).ToString("R", CultureInfo.InvariantCulture);

    private static string Text(bool value) => value ? "true" : "false";
}
