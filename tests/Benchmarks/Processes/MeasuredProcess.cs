using System.Diagnostics;
using System.Globalization;

namespace AmpEdge.Benchmarks.Processes;

/// <summary>A running program; what it prints goes to a file in its folder.</summary>
internal sealed class MeasuredProcess : IDisposable
{
    private static readonly TimeSpan s_stop = TimeSpan.FromSeconds(90);

    private readonly Func<Process> _start;
    private readonly Process _process;
    private readonly string _log;

    private MeasuredProcess(Func<Process> start, string log)
    {
        _log = log;
        _start = start;
        _process = start();
    }

    /// <param name="program">The executable.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where the file of its output goes.</param>
    public static MeasuredProcess Start(string program, IEnumerable<string> arguments, string folder)
    {
        ProcessStartInfo start = new("/bin/sh")
        {
            ArgumentList = { "-c", "exec \"$0\" \"$@\" >>\"$PROCESS_LOG\" 2>&1", program },
            Environment = { ["PROCESS_LOG"] = Path.Combine(folder, "log") },
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new MeasuredProcess(() => Process.Start(start)!, start.Environment["PROCESS_LOG"]!);
    }

    /// <exception cref="InvalidOperationException">The program ended by itself.</exception>
    public ProcessReading Read()
    {
        Require();
        return ProcessReading.Of(_process);
    }

    /// <summary>Its resident memory now and at most so far.</summary>
    /// <exception cref="InvalidOperationException">The program ended by itself.</exception>
    public ResidentMemory ReadMemory()
    {
        Require();
        return ResidentMemory.Of(_process);
    }

    /// <exception cref="InvalidOperationException">The program ended by itself.</exception>
    public void Require()
    {
        if (_process.HasExited)
        {
            throw new InvalidOperationException($"the program ended by itself: {File.ReadAllText(_log)}");
        }
    }

    /// <summary>Ends it as a power cut would.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Starts it again on the same folder, after its end.</summary>
    public MeasuredProcess Restart()
    {
        _process.Dispose();
        return new MeasuredProcess(_start, _log);
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
            Kill();
        }

        _process.Dispose();
    }
}
