using System.Globalization;
using System.Text;
using AmpEdge.EndToEnd.Tests.Support;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests;

/// <summary>
/// Native histograms with custom buckets beside Debian's Prometheus, which does not know them: it gets the same observations as classic
/// histograms, and what can be asked of both has to be answered alike.
/// </summary>
public sealed class CustomBucketsTests
{
    private const int Samples = 120;
    private const int Series = 3;
    private const long StepMs = 15_000;
    private const double Tolerance = 1e-9;

    private static readonly double[] s_bounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];

    /// <summary>What is asked of the classic form, and of the native one.</summary>
    private static readonly (string Classic, string Native)[] s_questions =
    [
        ("histogram_quantile(0.5, classic_bucket)", "histogram_quantile(0.5, native)"),
        ("histogram_quantile(0.9, rate(classic_bucket[5m]))", "histogram_quantile(0.9, rate(native[5m]))"),
        ("histogram_quantile(0.999, increase(classic_bucket[10m]))", "histogram_quantile(0.999, increase(native[10m]))"),
        ("histogram_quantile(0.01, sum by (le) (rate(classic_bucket[4m])))", "histogram_quantile(0.01, sum(rate(native[4m])))"),
        ("histogram_quantile(0, rate(classic_bucket[5m]))", "histogram_quantile(0, rate(native[5m]))"),
        ("histogram_quantile(1, rate(classic_bucket[5m]))", "histogram_quantile(1, rate(native[5m]))"),
        ("sum by (zone) (rate(classic_count[5m]))", "histogram_count(sum by (zone) (rate(native[5m])))"),
        ("sum without (__name__) (increase(classic_sum[7m]))", "histogram_sum(increase(native[7m]))"),
        ("rate(classic_sum[5m]) / rate(classic_count[5m])", "histogram_avg(rate(native[5m]))"),
        ("avg by (zone) (delta(classic_count[5m]))", "histogram_count(avg by (zone) (increase(native[5m])))"),
    ];

    [Fact]
    public async Task Quantiles_rates_and_sums_are_those_that_Prometheus_computes_of_classic_histograms()
    {
        Gen gen = Gen.Create(20261123);
        long startMs = TimeProvider.System.GetUtcNow().AddHours(-1).ToUnixTimeMilliseconds() / StepMs * StepMs;
        using WorkingFolder folder = new();
        await using RunningProgram prometheus = await Pipeline.StartPrometheusAsync(
            folder, "global: {}\n", "--web.enable-remote-write-receiver");
        await using (RunningProgram server = await Pipeline.StartOpenServerAsync(folder, ""))
        {
            ByteBuffer classic = new();
            ByteBuffer native = new();
            for (int number = 0; number < Series; number++)
            {
                Add(gen, $"z{number}", startMs, classic, native);
            }

            await RemoteWrite.SendAsync(prometheus, Compressed(classic));
            await RemoteWrite.SendAsync(server, Compressed(native));
            await CompareAsync(prometheus, server, startMs, $"{gen}, from memory");
            Assert.Equal(0, await server.StopAsync());
        }

        // Any head is too large, so that what was written becomes a block.
        await using (RunningProgram server = await Pipeline.StartOpenServerAsync(folder, "storage: {max_head_size: 1B}\n"))
        {
            await CompareAsync(prometheus, server, startMs, $"{gen}, after a restart");
            Assert.Equal(0, await server.StopAsync());
        }
    }

    /// <summary>
    /// One series in both forms. Counts begin high and never fall: from zero on, rates of whole histograms and of single buckets are
    /// extrapolated otherwise.
    /// </summary>
    private static void Add(Gen gen, string zone, long startMs, ByteBuffer classic, ByteBuffer native)
    {
        long[] times = new long[Samples];
        double[] sums = new double[Samples];
        double[] counts = new double[Samples];
        double[][] cumulative = new double[s_bounds.Length + 1][];
        for (int bucket = 0; bucket < cumulative.Length; bucket++)
        {
            cumulative[bucket] = new double[Samples];
        }

        long[] buckets = new long[s_bounds.Length + 1];
        Array.Fill(buckets, 1_000_000);
        double sum = 5_000_000;
        ByteBuffer fields = new();
        ByteBuffer message = new();
        for (int sample = 0; sample < Samples; sample++)
        {
            for (int observations = gen.Int(40); observations > 0; observations--)
            {
                buckets[gen.OneIn(3) ? gen.Int(buckets.Length) : gen.Int(3)] += gen.Int(1, 9);
                sum += gen.Double();
            }

            times[sample] = startMs + (sample * StepMs);
            sums[sample] = sum;
            double below = 0;
            for (int bucket = 0; bucket < buckets.Length; bucket++)
            {
                below += buckets[bucket];
                cumulative[bucket][sample] = below;
            }

            counts[sample] = below;
            message.Clear();
            HistogramMessageWriter.Write(message, Custom(buckets, sum), times[sample]);
            WriteRequestV1Writer.AppendHistogram(fields, message.Written);
        }

        WriteRequestV1Writer.AppendTimeSeries(native, LabelsOf("native", zone, null), fields.Written);
        WriteRequestV1Writer.AppendTimeSeries(classic, LabelsOf("classic_sum", zone, null), times, sums);
        WriteRequestV1Writer.AppendTimeSeries(classic, LabelsOf("classic_count", zone, null), times, counts);
        for (int bucket = 0; bucket < cumulative.Length; bucket++)
        {
            string bound = bucket < s_bounds.Length ? s_bounds[bucket].ToString(CultureInfo.InvariantCulture) : "+Inf";
            WriteRequestV1Writer.AppendTimeSeries(classic, LabelsOf("classic_bucket", zone, bound), times, cumulative[bucket]);
        }
    }

    private static Histogram Custom(long[] buckets, double sum)
    {
        Histogram histogram = new() { Schema = FloatHistogram.CustomBucketsSchema, Sum = sum };
        foreach (double bound in s_bounds)
        {
            histogram.AddCustomValue(bound);
        }

        histogram.Positive.AddSpan(new HistogramSpan(0, (uint)buckets.Length));
        foreach (long count in buckets)
        {
            histogram.Positive.AddCount(count);
            histogram.Count += (ulong)count;
        }

        return histogram;
    }

    private static byte[] LabelsOf(string metric, string zone, string? bound)
    {
        ByteBuffer labels = new();
        WriteRequestV1Writer.AppendLabel(labels, "__name__"u8, Encoding.UTF8.GetBytes(metric));
        if (bound is not null)
        {
            WriteRequestV1Writer.AppendLabel(labels, "le"u8, Encoding.UTF8.GetBytes(bound));
        }

        WriteRequestV1Writer.AppendLabel(labels, "zone"u8, Encoding.UTF8.GetBytes(zone));
        return labels.Written.ToArray();
    }

    private static byte[] Compressed(ByteBuffer message)
    {
        byte[] body = new byte[Snappy.MaxEncodedLength(message.Length)];
        return body[..Snappy.Encode(message.Written, body)];
    }

    private static async Task CompareAsync(RunningProgram prometheus, RunningProgram server, long startMs, string when)
    {
        // Odd times, where no sample is: the older Prometheus has the sample at the beginning of a range in it.
        long firstMs = startMs + 600_001;
        long endMs = startMs + (Samples * StepMs);
        foreach ((string classic, string native) in s_questions)
        {
            SeriesComparison.Equal(
                await new QueryClient(prometheus).RangeAsync(classic, firstMs, endMs, TimeSpan.FromSeconds(17)),
                await new QueryClient(server).RangeAsync(native, firstMs, endMs, TimeSpan.FromSeconds(17)),
                Tolerance, $"{when}: {native}");
        }
    }
}
