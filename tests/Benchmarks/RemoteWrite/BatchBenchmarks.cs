using System.Globalization;
using System.Text;
using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.Config;
using AmpEdge.Agent.RemoteWrite;
using AmpEdge.Benchmarks.Agents;
using AmpEdge.Prometheus;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.RemoteWrite;

/// <summary>
/// What a shard does with a full batch before it is sent: grouping by series, reading labels, message, Snappy. Four targets of the whole-agent
/// benchmark, one scrape each, in the order of the page; per sample. Prints the bytes that a sample takes.
/// </summary>
[MemoryDiagnoser]
public class BatchBenchmarks
{
    private const int Targets = 4;
    private const int SeriesPerTarget = 500;
    private const int Samples = Targets * SeriesPerTarget;
    private const long StartMs = 1_795_344_146_821;

    private readonly EntryPlace[] _batch = new EntryPlace[Samples];
    private readonly SeriesTable _table = new();
    private readonly BatchEncoder _encoder;

    public BatchBenchmarks()
    {
        _encoder = new BatchEncoder(
            new DestinationOptions
            {
                Name = "bench",
                Url = new Uri("http://127.0.0.1/write"),

                // One more than there are: that the batch ends where a scrape does is not known of a full one.
                Queue = new QueueConfig { MaxSamplesPerSend = Samples + 1 },
            },
            _table,
            new MetadataIndex(static () => [], TimeProvider.System),
            TimeProvider.System);
    }

    [Params(WriteProtocol.V1, WriteProtocol.V2)]
    public WriteProtocol Protocol { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        ShardQueue queue = new(Samples, _table);
        for (int target = 0; target < Targets; target++)
        {
            foreach (string line in Encoding.UTF8.GetString(SyntheticTarget.Page(target, SeriesPerTarget, target)).Split('\n'))
            {
                if (line.StartsWith(SyntheticTarget.NamePrefix, StringComparison.Ordinal))
                {
                    Labels labels = LabelsOf(line, target);
                    double value = double.Parse(line[line.LastIndexOf(' ')..], CultureInfo.InvariantCulture);
                    queue.Add(
                        new QueuedEntry(
                            SampleKind.Sample, _table.Acquire(labels), labelsAreFinal: false, labels.Blob.Length,
                            StartMs + target * 137, value, default, 0),
                        default);
                }
            }
        }

        queue.Publish();
        queue.PeekFirst(_batch);
        EncodeNew();
        Console.WriteLine($"// {Protocol}, new: {(double)_encoder.Body.Length / Samples:0.0} bytes a sample");
        Encode();
        Console.WriteLine($"// {Protocol}: {(double)_encoder.Body.Length / Samples:0.0} bytes a sample, {_encoder.KeptBytes / Samples} kept");
    }

    /// <summary>Series that were sent before, as in every scrape but the first.</summary>
    [Benchmark(OperationsPerInvoke = Samples)]
    public int Encode() => _encoder.Encode(_batch, Protocol);

    /// <summary>Series that come together for the first time.</summary>
    [Benchmark(OperationsPerInvoke = Samples)]
    public int EncodeNew() => _encoder.Encode(_batch, Protocol, isPart: true);

    private static Labels LabelsOf(string line, int target)
    {
        int open = line.IndexOf('{', StringComparison.Ordinal);
        LabelsBuilder labels = new();
        labels.Set("__name__", line[..open]);
        foreach (string label in line[(open + 1)..line.IndexOf('}', StringComparison.Ordinal)].Split(','))
        {
            string[] parts = label.Split('=');
            labels.Set(parts[0], parts[1].Trim('"'));
        }

        labels.Set("instance", $"host-{target}.example:9100");
        labels.Set("job", "bench");
        labels.Set("namespace", "shop");
        labels.Set("node", $"ip-10-0-{target}-17.eu-west-1.compute.internal");
        labels.Set("pod", $"checkout-5d8f7c9b6-x{target}");
        return labels.Build();
    }
}
