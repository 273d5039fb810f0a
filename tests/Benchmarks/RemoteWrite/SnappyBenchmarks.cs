using AmpEdge.Prometheus;
using BenchmarkDotNet.Attributes;

namespace AmpEdge.Benchmarks.RemoteWrite;

/// <summary>The Snappy block codec over a write request of many series with a sample each, and of few with a hundred.</summary>
[MemoryDiagnoser]
public class SnappyBenchmarks
{
    private byte[] _message = [];
    private byte[] _body = [];
    private byte[] _target = [];

    [Params("2000x1", "200x100")]
    public string Shape { get; set; } = "";

    [GlobalSetup]
    public void SetUp()
    {
        _message = Shape == "2000x1" ? WriteRequestSample.Message(2000, 1) : WriteRequestSample.Message(200, 100);
        _target = new byte[Snappy.MaxEncodedLength(_message.Length)];
        _body = _target[..Snappy.Encode(_message, _target)];
        Console.WriteLine($"// {Shape}: {_message.Length} bytes, {_body.Length} encoded");
    }

    [Benchmark]
    public int Encode() => Snappy.Encode(_message, _target);

    [Benchmark]
    public bool Decode() => Snappy.TryDecode(_body, _target, out _);
}
