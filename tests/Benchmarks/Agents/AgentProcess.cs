using System.Diagnostics;
using System.Globalization;

namespace AmpEdge.Benchmarks.Agents;

/// <summary>A running agent; what it prints goes to a file in its folder.</summary>
internal sealed class AgentProcess : IDisposable
{
    private static readonly TimeSpan s_stop = TimeSpan.FromSeconds(90);

    private readonly Func<Process> _start;
    private readonly Process _process;
    private readonly string _log;

    private AgentProcess(Func<Process> start, string log)
    {
        _log = log;
        _start = start;
        _process = start();
    }

    public static AgentProcess Start(BenchmarkedAgent agent, string folder, string config, string writeUrl)
    {
        string data = Path.Combine(folder, "data");
        Directory.CreateDirectory(data);
        string[] arguments = agent.Arguments(config, data, Nginx.FreePort(), writeUrl);
        ProcessStartInfo start = new("/bin/sh")
        {
            ArgumentList = { "-c", "exec \"$0\" \"$@\" >>\"$AGENT_LOG\" 2>&1", agent.Program },
            Environment = { ["AGENT_LOG"] = Path.Combine(folder, "log") },
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new AgentProcess(() => Process.Start(start)!, start.Environment["AGENT_LOG"]!);
    }

    public ProcessReading Read()
    {
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"the agent ended by itself: {File.ReadAllText(_log)}");
        }

        return ProcessReading.Of(_process);
    }

    /// <summary>Ends it as a power cut would, and starts it again on the same folder.</summary>
    public AgentProcess KillAndRestart()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        return new AgentProcess(_start, _log);
    }

    /// <summary>Asks it to end, and waits.</summary>
    public async Task StopAsync()
    {
        using Process kill = Process.Start("/bin/kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        using CancellationTokenSource timeout = new(s_stop);
        await _process.WaitForExitAsync(timeout.Token);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
