using System.Globalization;
using System.Linq;
using System.Text.Json;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

/// <summary>Range queries that a real server has answered over a small data set.</summary>
public sealed class ComplianceQueryTests : IDisposable
{
    private const string Data = "conformance/promql/compliance_data.om.txt";
    private const string Results = "conformance/promql/compliance_results.json";
    private const double RelativeTolerance = 1e-5;

    private static readonly Lazy<MemoryQueryable> s_data = new(Load);

    private static readonly Lazy<JsonElement> s_results = new(
        () => JsonDocument.Parse(File.ReadAllBytes(Oracle.Locate(Results))).RootElement);

    private readonly Engine _engine = new(
        new EngineOptions { Parser = new ParserOptions { ExperimentalFunctions = true } }, TimeProvider.System);

    public static IEnumerable<TheoryDataRow<int, string>> Queries()
    {
        if (!Oracle.Has(Results))
        {
            yield return new TheoryDataRow<int, string>(0, "");
            yield break;
        }

        int index = 0;
        foreach (JsonElement result in s_results.Value.GetProperty("results").EnumerateArray())
        {
            yield return new TheoryDataRow<int, string>(index++, result.GetProperty("query").GetString() ?? "");
        }
    }

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task A_range_query_gives_what_a_real_server_gave(int index, string query)
    {
        JsonElement expected = s_results.Value.GetProperty("results")[index];
        QueryResult result;
        try
        {
            result = await _engine.RangeAsync(
                s_data.Value,
                query,
                Seconds("start") * 1000,
                Seconds("end") * 1000,
                Seconds("step") * 1000,
                QueryOptions.Default,
                TestContext.Current.CancellationToken);
        }
        catch (QueryException failed)
        {
            Assert.True(expected.GetProperty("status").GetInt32() != 200, $"{query} failed: {failed.Message}");
            Assert.Contains(failed.Message, expected.GetProperty("error").GetString(), StringComparison.Ordinal);
            return;
        }

        Assert.Equal(200, expected.GetProperty("status").GetInt32());
        AssertEqual(expected.GetProperty("result"), Assert.IsType<MatrixValue>(result.Value), query);
        if (expected.TryGetProperty("warnings", out JsonElement warnings))
        {
            // A real server lists them in no particular order.
            Assert.Equivalent(
                warnings.EnumerateArray().Select(static warning => warning.GetString()), result.Annotations.Warnings, strict: true);
        }
    }

    public void Dispose() => _engine.Dispose();

    private static long Seconds(string name) => s_results.Value.GetProperty(name).GetInt64();

    private static void AssertEqual(JsonElement expected, MatrixValue actual, string query)
    {
        Assert.Equal(expected.GetArrayLength(), actual.Count);
        Dictionary<Labels, MatrixSeries> byLabels = [];
        foreach (MatrixSeries series in actual.Series)
        {
            byLabels.Add(series.Labels, series);
        }

        foreach (JsonElement series in expected.EnumerateArray())
        {
            LabelsBuilder labels = new();
            foreach (JsonProperty label in series.GetProperty("metric").EnumerateObject())
            {
                labels.Set(label.Name, label.Value.GetString() ?? "");
            }

            Labels wanted = labels.Build();
            Assert.True(byLabels.TryGetValue(wanted, out MatrixSeries got), $"{query}: {wanted} is missing");
            AssertPoints(series.GetProperty("values"), got, $"{query}: {wanted}");
        }
    }

    private static void AssertPoints(JsonElement expected, MatrixSeries actual, string what)
    {
        Assert.Equal(expected.GetArrayLength(), actual.CountPoints());
        int index = 0;
        foreach (Sample sample in actual)
        {
            JsonElement point = expected[index++];
            Assert.Equal(point[0].GetDouble() * 1000, sample.TimestampMs);
            double wanted = Parse(point[1].GetString() ?? "");
            bool equal = wanted == sample.Value
                || (double.IsNaN(wanted) && double.IsNaN(sample.Value))
                || Math.Abs(wanted - sample.Value) <= RelativeTolerance * Math.Max(Math.Abs(wanted), Math.Abs(sample.Value));
            Assert.True(equal, $"{what} is {sample.Value:R} at {sample.TimestampMs}, expected {wanted:R}");
        }
    }

    private static double Parse(string number) => number switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    private static MemoryQueryable Load()
    {
        Dictionary<string, MemorySeries> byText = new(StringComparer.Ordinal);
        foreach (string line in File.ReadLines(Oracle.Locate(Data)))
        {
            if (line.StartsWith('#') || line.Length == 0)
            {
                continue;
            }

            int timeAt = line.LastIndexOf(' ');
            int valueAt = line.LastIndexOf(' ', timeAt - 1);
            string series = line[..valueAt];
            if (!byText.TryGetValue(series, out MemorySeries? known))
            {
                byText[series] = known = new MemorySeries(ScriptSeriesLine.Parse(series).Labels);
            }

            long timeMs = (long)Math.Round(double.Parse(line.AsSpan(timeAt), CultureInfo.InvariantCulture) * 1000);
            known.Samples[timeMs] = Parse(line[(valueAt + 1)..timeAt]);
        }

        return new MemoryQueryable(byText.Values);
    }
}
