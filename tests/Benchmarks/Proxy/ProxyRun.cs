using AmpEdge.Benchmarks.Processes;

namespace AmpEdge.Benchmarks.Proxy;

/// <summary>One running proxy and what was measured of it so far.</summary>
internal sealed class ProxyRun(string name, MeasuredProcess process, ProxyLoad load) : IDisposable
{
    private readonly List<double> _cpuMsOfRounds = [];
    private double[] _latenciesMs = [];
    private TimeSpan _elapsed;
    private TimeSpan _cpu;
    private long _requests;
    private double _restMiB;

    public ProxyLoad Load { get; } = load;

    public void Rest() => _restMiB = process.ReadMemory().NowMiB;

    public void Saturate(TimeSpan duration)
    {
        TimeSpan before = process.Read().CpuTime;
        (long requests, TimeSpan elapsed) = Load.Saturate(duration);
        TimeSpan cpu = process.Read().CpuTime - before;
        _requests += requests;
        _elapsed += elapsed;
        _cpu += cpu;
        _cpuMsOfRounds.Add(cpu.TotalMilliseconds / Math.Max(1, requests));
    }

    public void Pace(TimeSpan duration) => _latenciesMs = Load.Pace(duration);

    public ProxyFigures Figures()
    {
        ResidentMemory memory = process.ReadMemory();
        return new ProxyFigures
        {
            Proxy = name,
            RequestsPerSecond = _requests / _elapsed.TotalSeconds,
            CpuMs = _cpu.TotalMilliseconds / Math.Max(1, _requests),
            CpuMsOfRounds = _cpuMsOfRounds,
            MedianMs = _latenciesMs[_latenciesMs.Length / 2],
            P99Ms = _latenciesMs[(int)(_latenciesMs.Length * 0.99)],
            RestMiB = _restMiB,
            AfterMiB = memory.NowMiB,
            PeakMiB = memory.PeakMiB,
        };
    }

    public void Dispose() => process.Dispose();
}
