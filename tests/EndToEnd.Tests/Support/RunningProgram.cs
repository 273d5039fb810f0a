using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>
/// One real program: its process, all it printed, and its HTTP address. Ended by its process id, never by name; what
/// it printed is part of every failure.
/// </summary>
public sealed class RunningProgram : IAsyncDisposable
{
    private static readonly TimeSpan s_startTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_stopTimeout = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Lock _outputLock = new();
    private bool _disposed;

    private RunningProgram(string name, Process process, int port)
    {
        Name = name;
        _process = process;
        Port = port;
        Http = new HttpClient
        {
            BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")),
            Timeout = TimeSpan.FromSeconds(30),
        };
    }

    public string Name { get; }

    /// <summary>The port of its pages on 127.0.0.1.</summary>
    public int Port { get; }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    public HttpClient Http { get; }

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>All it printed so far, both streams.</summary>
    public string Output
    {
        get
        {
            lock (_outputLock)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Starts a program; returns at once. Wait with <see cref="WaitUntilReadyAsync"/>.</summary>
    public static RunningProgram Start(
        string path,
        int port,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        ProcessStartInfo start = new(path)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        IsolateFromAws(start.Environment);
        foreach ((string key, string value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        Process process = new() { StartInfo = start };
        RunningProgram program = new(Path.GetFileName(path), process, port);
        process.OutputDataReceived += program.Keep;
        process.ErrorDataReceived += program.Keep;
        Assert.True(process.Start(), $"{path} could not be started");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return program;
    }

    /// <summary>
    /// Waits until the page at <paramref name="path"/>, or at a whole address, answers 200. A program that does not come up
    /// is ended: nobody has it yet who could.
    /// </summary>
    public async Task WaitUntilReadyAsync(string path)
    {
        try
        {
            await AwaitPageAsync(path);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private Task AwaitPageAsync(string path) =>
        Eventually.TrueAsync(
            async () =>
            {
                Assert.False(HasExited, Describe($"{Name} ended while it was awaited"));
                try
                {
                    using HttpResponseMessage answer = await Http.GetAsync(path, TestContext.Current.CancellationToken);
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    // Not listening yet.
                    return false;
                }
            },
            () => Describe($"{Name} did not answer 200 on {path}"),
            s_startTimeout);

    public async Task<string> GetAsync(string path)
    {
        using HttpResponseMessage answer = await Http.GetAsync(path, TestContext.Current.CancellationToken);
        string body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, Describe($"{Name} {path}: {(int)answer.StatusCode} {body}"));
        return body;
    }

    /// <summary>The value of one sample of its own <c>/metrics</c>, or null when there is no such line.</summary>
    public async Task<double?> MetricAsync(string series)
    {
        foreach (string line in (await GetAsync("/metrics")).Split('\n'))
        {
            if (line.StartsWith(series + " ", StringComparison.Ordinal))
            {
                return double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture);
            }
        }

        return null;
    }

    /// <summary>The sum of the samples of its own <c>/metrics</c> whose lines begin so.</summary>
    public async Task<double> SumAsync(string beginning)
    {
        double sum = 0;
        foreach (string line in (await GetAsync("/metrics")).Split('\n'))
        {
            sum += line.StartsWith(beginning, StringComparison.Ordinal)
                ? double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture)
                : 0;
        }

        return sum;
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Asks it to end (SIGTERM), waits, and returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        if (!_process.HasExited)
        {
            using Process kill = Process.Start("/bin/kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync(CancellationToken.None);
        }

        using CancellationTokenSource timeout = new(s_stopTimeout);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail(Describe($"{Name} did not end within {s_stopTimeout} of SIGTERM"));
        }

        return _process.ExitCode;
    }

    /// <summary>A failure text with the last that the program printed.</summary>
    public string Describe(string failure)
    {
        string output = Output;
        return $"{failure}\n--- {Name} printed:\n{(output.Length > 4000 ? output[^4000..] : output)}";
    }

    /// <summary>Ends the program if it still runs. Harmless the second time: a start that fails has done it already.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        Http.Dispose();
        _process.Dispose();
    }

    /// <summary>Whatever the machine has in the way of AWS settings must not reach the programs under test.</summary>
    private static void IsolateFromAws(IDictionary<string, string?> environment)
    {
        List<string> names = [];
        foreach (string name in environment.Keys)
        {
            if (name.StartsWith("AWS_", StringComparison.Ordinal))
            {
                names.Add(name);
            }
        }

        foreach (string name in names)
        {
            environment.Remove(name);
        }

        environment["AWS_EC2_METADATA_DISABLED"] = "true";
        environment["AWS_CONFIG_FILE"] = "/dev/null";
        environment["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null";
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is not null)
        {
            lock (_outputLock)
            {
                _output.AppendLine(line.Data);
            }
        }
    }
}
