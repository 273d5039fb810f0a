using System.Globalization;
using System.Text.Json;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Proxy.Tests.FanOut;

/// <summary>Queries of a virtual workspace beside the same queries over one store that holds all series, each with its label.</summary>
public sealed class FanOutQueryTests
{
    private const string Times = "start=600&end=1200&step=60";

    private static readonly string[] s_members = ["eu", "us", "e2"];

    [Theory]
    [InlineData("g")]
    [InlineData("g{workspace=\"eu\"}")]
    [InlineData("g{workspace=~\"e.*\"}")]
    [InlineData("g{workspace!=\"eu\"}")]
    [InlineData("{workspace=\"us\"}")]
    [InlineData("g{workspace=\"nobody\"}")]
    [InlineData("sum(g)")]
    [InlineData("sum by (workspace) (g)")]
    [InlineData("sum by (job, workspace) (rate(a_total[5m]))")]
    [InlineData("sum without (instance) (g)")]
    [InlineData("sum without (workspace) (g)")]
    [InlineData("avg(g)")]
    [InlineData("avg by (job) (rate(a_total[2m]))")]
    [InlineData("count(g)")]
    [InlineData("count by (zone) (g)")]
    [InlineData("group(g)")]
    [InlineData("max by (workspace) (g) / on () group_left () max(g)")]
    [InlineData("stddev(g)")]
    [InlineData("quantile(0.5, g)")]
    [InlineData("count_values(\"workspace\", g)")]
    [InlineData("count_values by (workspace) (\"v\", g)")]
    [InlineData("topk(2, g)")]
    [InlineData("bottomk by (workspace) (1, g)")]
    [InlineData("topk(scalar(count(g)) - 9, g)")]
    [InlineData("absent(g)")]
    [InlineData("absent(none{job=\"x\",workspace=\"eu\"})")]
    [InlineData("absent_over_time(none{job=\"x\"}[5m])")]
    [InlineData("absent_over_time(g[5m])")]
    [InlineData("absent_over_time({__name__=~\"._total\"}[5m])")]
    [InlineData("absent_over_time(sum(g)[5m:1m])")]
    [InlineData("scalar(sum(g))")]
    [InlineData("vector(1)")]
    [InlineData("time()")]
    [InlineData("hour()")]
    [InlineData("g or vector(0)")]
    [InlineData("g * 2 + time()")]
    [InlineData("2 * g")]
    [InlineData("g > bool 3")]
    [InlineData("-g")]
    [InlineData("g - on (workspace, job, instance, zone) g offset 1m")]
    [InlineData("g and on (job) a_total")]
    [InlineData("g unless ignoring (workspace) g{workspace=\"eu\"}")]
    [InlineData("g{workspace=\"eu\"} + ignoring (workspace) g{workspace=\"us\"}")]
    [InlineData("sum(g) by (job) + on (job) group_right () sum(a_total) by (job, workspace)")]
    [InlineData("label_replace(g, \"region\", \"$1\", \"workspace\", \"(.).*\")")]
    [InlineData("label_replace(g, \"region\", \"$1\", \"job\", \"(.*)\")")]
    [InlineData("label_join(sum by (workspace, job) (g), \"workspace\", \"-\", \"workspace\", \"job\")")]
    [InlineData("max_over_time(sum(rate(a_total[1m]))[10m:30s])")]
    [InlineData("max_over_time(sum(rate(a_total[1m]))[10m:])")]
    [InlineData("sum_over_time(count(g @ start())[5m:1m] @ end())")]
    [InlineData("sum_over_time(avg(g offset 1m)[5m:1m] offset 2m)")]
    [InlineData("rate(a_total[5m] @ end())")]
    [InlineData("timestamp(g)")]
    [InlineData("timestamp(sum(g))")]
    [InlineData("histogram_quantile(0.9, sum by (le) (rate(b_bucket[5m])))")]
    [InlineData("histogram_quantile(0.9, rate(b_bucket[5m]))")]
    [InlineData("sum(h)")]
    [InlineData("histogram_quantile(0.5, sum by (job) (h))")]
    [InlineData("avg(h)")]
    [InlineData("h")]
    [InlineData("quantile_over_time(scalar(avg(g)) / 1000, (g)[5m:1m])")]
    public async Task A_query_over_members_is_the_query_over_all_their_series(string query)
    {
        await CompareAsync(query, Gen.Create(7));
    }

    [Fact]
    public async Task Random_queries_over_members_are_those_over_all_their_series()
    {
        int compared = 0;
        for (int round = 0; round < 300; round++)
        {
            Gen gen = Gen.Create(20_000 + round);
            compared += await CompareAsync(Spread(gen, new RandomQueries(gen).Vector(1 + gen.Int(3))), gen) ? 1 : 0;
        }

        Assert.True(compared > 150, $"only {compared} queries had a result to compare");
    }

    [Theory]
    [InlineData("sort(g)")]
    [InlineData("sort_desc(sum by (workspace, job) (g))")]
    public async Task Sorted_vectors_keep_the_order_over_all_members(string query)
    {
        Gen gen = new(3);
        List<MemorySeries>[] data = Data(gen);
        using VirtualUnderTest proxy = new(Members(data));
        (int status, JsonElement actual) = await proxy.QueryAsync(query);
        (_, string expected) = await MemoryMember.EvaluateAsync(
            Union(data), "/api/v1/query", $"query={Uri.EscapeDataString(query)}&time=600", CancellationToken.None);

        Assert.Equal(200, status);
        using JsonDocument wanted = JsonDocument.Parse(expected);
        Assert.Null(JsonComparison.Difference(wanted.RootElement, actual));
    }

    /// <summary>True when there was a result to compare.</summary>
    private static async Task<bool> CompareAsync(string query, Gen gen)
    {
        List<MemorySeries>[] data = Data(gen);
        using VirtualUnderTest proxy = new(Members(data));
        bool any = false;
        foreach (bool isRange in (bool[])[false, true])
        {
            (int status, JsonElement actual) = isRange ? await proxy.RangeAsync(query, Times) : await proxy.QueryAsync(query);
            (int wantedStatus, string json) = await MemoryMember.EvaluateAsync(
                Union(data),
                isRange ? "/api/v1/query_range" : "/api/v1/query",
                $"query={Uri.EscapeDataString(query)}&{(isRange ? Times : "time=600")}",
                CancellationToken.None);
            using JsonDocument wanted = JsonDocument.Parse(json);
            bool isPartial = actual.TryGetProperty("warnings", out JsonElement warnings)
                && warnings.ToString().Contains("missing from this answer", StringComparison.Ordinal);
            if (wantedStatus != 200)
            {
                Assert.True(status != 200 || isPartial, $"{query}\nexpected {json}\ngot {actual}");
                continue;
            }

            Assert.True(status == 200 && !isPartial, $"{query} (seed {gen.Seed})\ngot {actual}");
            any |= json.Contains("\"metric\"", StringComparison.Ordinal);
            string? difference = Difference(wanted.RootElement.GetProperty("data"), actual.GetProperty("data"));
            Assert.True(difference is null, $"{query} (seed {gen.Seed}, range {isRange})\n{difference}\nexpected {json}\ngot {actual}");
        }

        Assert.Equal(0, proxy.HeldBytes);
        return any;
    }

    /// <summary>Puts the workspace label into a query here and there, and takes out what the last place of a sum decides.</summary>
    private static string Spread(Gen gen, string query)
    {
        foreach (string comparison in (string[])["== ", "!= bool ", "!= ", "> ", "<= ", "< bool ", "% ", "^ "])
        {
            query = query.Replace(") " + comparison, ") + ", StringComparison.Ordinal);
        }

        foreach (string undecided in (string[])["topk", "bottomk", "limitk"])
        {
            query = query.Replace(undecided, "quantile", StringComparison.Ordinal);
        }

        foreach ((string from, string to) in ((string, string)[])[
            ("by (job)", "by (workspace, job)"),
            ("by ()", "by (workspace)"),
            ("without (zone)", "without (zone, workspace)"),
            ("on (job)", "on (workspace, job)"),
            ("ignoring (zone)", "ignoring (zone, workspace)"),
            ("{job=\"x\"}", "{job=\"x\",workspace=~\"e.\"}"),
            ("{instance=\"0\"}", "{instance=\"0\",workspace!=\"us\"}"),
        ])
        {
            query = gen.OneIn(3) ? query.Replace(from, to, StringComparison.Ordinal) : query;
        }

        return query;
    }

    private static List<MemoryMember> Members(List<MemorySeries>[] data)
    {
        List<MemoryMember> members = [];
        for (int index = 0; index < s_members.Length; index++)
        {
            members.Add(new MemoryMember(s_members[index], data[index]));
        }

        return members;
    }

    private static MemoryQueryable Union(List<MemorySeries>[] data)
    {
        List<MemorySeries> all = [];
        LabelsBuilder labels = new();
        for (int index = 0; index < s_members.Length; index++)
        {
            foreach (MemorySeries series in data[index])
            {
                labels.Reset(series.Labels);
                labels.Set("workspace", s_members[index]);
                MemorySeries copy = new(labels.Build());
                copy.TakeOver(series);
                all.Add(copy);
            }
        }

        return new MemoryQueryable(all);
    }

    /// <summary>Per member: counters, gauges with gaps, classic buckets and native histograms, not the same at all members.</summary>
    private static List<MemorySeries>[] Data(Gen gen)
    {
        List<MemorySeries>[] data = new List<MemorySeries>[s_members.Length];
        for (int member = 0; member < data.Length; member++)
        {
            data[member] = [];
            foreach (string metric in (string[])["a_total", "b_total", "g", "b_bucket", "h"])
            {
                for (int index = 0; index < 3; index++)
                {
                    if (!gen.OneIn(5))
                    {
                        data[member].Add(OneSeries(gen, metric, index));
                    }
                }
            }
        }

        return data;
    }

    private static MemorySeries OneSeries(Gen gen, string metric, int index)
    {
        LabelsBuilder labels = new();
        labels.Set("__name__", metric);
        labels.Set("job", gen.Pick("x", "y"));
        labels.Set("instance", index.ToString(CultureInfo.InvariantCulture));
        labels.Set("zone", gen.Pick("", "0", "1"));
        labels.Set("le", metric == "b_bucket" ? ((string[])["0.1", "1", "+Inf"])[index] : "");
        MemorySeries series = new(labels.Build());
        double value = gen.Int(1000);
        for (long timeMs = 15_000 * gen.Int(4); timeMs <= 1_200_000; timeMs += 15_000)
        {
            value = metric.StartsWith('g') ? gen.Int(100_000) / 7.0 : value + gen.Int(50);
            if (gen.OneIn(40))
            {
                timeMs += 420_000;
            }

            if (metric == "h")
            {
                series.Histograms[timeMs] = Histogram(gen);
            }
            else
            {
                series.Samples[timeMs] = gen.OneIn(60) ? StaleMarker.Value : value;
            }
        }

        return series;
    }

    private static FloatHistogram Histogram(Gen gen) => new()
    {
        CounterResetHint = CounterResetHint.Gauge,
        Schema = 3,
        ZeroThreshold = 0.001,
        ZeroCount = 1 + gen.Int(3),
        Count = 20,
        Sum = gen.Int(100),
        PositiveSpans = [new HistogramSpan(2, 2), new HistogramSpan(3, 1)],
        PositiveBuckets = [1 + gen.Int(5), 1 + gen.Int(5), 2],
        NegativeSpans = [new HistogramSpan(-1, 1)],
        NegativeBuckets = [1 + gen.Int(4)],
    };

    /// <summary>Null when both are the same, series in any order, numbers but for their last places.</summary>
    private static string? Difference(JsonElement wanted, JsonElement actual)
    {
        if (wanted.GetProperty("resultType").GetString() != actual.GetProperty("resultType").GetString())
        {
            return "another type of result";
        }

        if (wanted.GetProperty("resultType").GetString() is "scalar" or "string")
        {
            return Near(wanted.GetProperty("result"), actual.GetProperty("result"));
        }

        SortedDictionary<string, JsonElement> left = BySeries(wanted.GetProperty("result"));
        SortedDictionary<string, JsonElement> right = BySeries(actual.GetProperty("result"));
        foreach ((string series, JsonElement points) in left)
        {
            if (!right.Remove(series, out JsonElement other))
            {
                return $"{series} is missing";
            }

            if (Near(points, other) is { } difference)
            {
                return $"{series}: {difference}";
            }
        }

        return right.Count == 0 ? null : $"{string.Join(' ', right.Keys)} should not be there";
    }

    private static SortedDictionary<string, JsonElement> BySeries(JsonElement result)
    {
        SortedDictionary<string, JsonElement> series = new(StringComparer.Ordinal);
        foreach (JsonElement one in result.EnumerateArray())
        {
            series.Add(one.GetProperty("metric").GetRawText(), one);
        }

        return series;
    }

    private static string? Near(JsonElement wanted, JsonElement actual)
    {
        if (wanted.ValueKind != actual.ValueKind)
        {
            return $"expected {wanted}, got {actual}";
        }

        switch (wanted.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty member in wanted.EnumerateObject())
                {
                    if (!actual.TryGetProperty(member.Name, out JsonElement other))
                    {
                        return $"{member.Name} is missing";
                    }

                    if (Near(member.Value, other) is { } inside)
                    {
                        return inside;
                    }
                }

                return null;
            case JsonValueKind.Array:
                if (wanted.GetArrayLength() != actual.GetArrayLength())
                {
                    return $"expected {wanted}, got {actual}";
                }

                for (int index = 0; index < wanted.GetArrayLength(); index++)
                {
                    if (Near(wanted[index], actual[index]) is { } inside)
                    {
                        return inside;
                    }
                }

                return null;
            default:
                return IsNear(wanted.ToString(), actual.ToString()) ? null : $"expected {wanted}, got {actual}";
        }
    }

    private static bool IsNear(string wanted, string actual)
    {
        if (wanted == actual)
        {
            return true;
        }

        return double.TryParse(wanted, CultureInfo.InvariantCulture, out double left)
            && double.TryParse(actual, CultureInfo.InvariantCulture, out double right)
            && Math.Abs(left - right) <= 1e-6 * Math.Max(1e-3, Math.Abs(left));
    }
}
