using AmpEdge.Benchmarks.Tsdb;
using AmpEdge.IngestServer.Config;
using AmpEdge.IngestServer.Ingest;
using AmpEdge.Prometheus;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.IngestServer;

/// <summary>
/// What the server does with a remote write body after its signature: snappy, protobuf, lookup, judgement, log and head,
/// for one step of 25,000 known series in requests of 2,000. The figure is per sample.
/// </summary>
[MemoryDiagnoser]
public class WriteBenchmark
{
    private const int SeriesCount = 25_000;
    private const int RequestSamples = 2_000;

    private readonly byte[] _decoded = new byte[4 << 20];
    private readonly List<byte[]> _bodies = [];
    private string _folder = "";
    private Database? _database;
    private byte[][] _labels = [];
    private int _step;

    [GlobalSetup]
    public void Setup()
    {
        _folder = Directory.CreateTempSubdirectory("ampedge-write-").FullName;
        _database = Database.Open(_folder, SyntheticSeries.Options, new DiskFileSystem(), TimeProvider.System);
        _labels = SyntheticSeries.RawForms(SeriesCount);
        Encode();
        Write();
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _database?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [IterationSetup]
    public void Encode()
    {
        _step++;
        _bodies.Clear();
        ByteBuffer message = new();
        for (int index = 0; index < SeriesCount; index++)
        {
            WriteRequestV1Writer.AppendTimeSeries(
                message, _labels[index], SyntheticSeries.StartMs + (_step * SyntheticSeries.StepMs),
                SyntheticSeries.Value(index, _step));
            if ((index + 1) % RequestSamples == 0 || index + 1 == SeriesCount)
            {
                byte[] body = new byte[Snappy.MaxEncodedLength(message.Length)];
                _bodies.Add(body.AsSpan(0, Snappy.Encode(message.Written, body)).ToArray());
                message.Clear();
            }
        }
    }

    [Benchmark(OperationsPerInvoke = SeriesCount)]
    public long Write()
    {
        long stored = 0;
        foreach (byte[] body in _bodies)
        {
            Snappy.TryDecode(body, _decoded, out int length);
            using Appender appender = _database!.NewAppender();
            BatchWriter writer = new(appender, new IngestLimits(), "tenant", long.MaxValue / 2);
            MessageV1.TryWrite(_decoded.AsSpan(0, length), writer, out _);
            writer.Commit();
            stored += writer.Tally.Samples;
        }

        return stored == SeriesCount ? stored : throw new InvalidOperationException($"stored {stored} of {SeriesCount}");
    }
}
