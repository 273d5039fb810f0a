using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AmpEdge.Agent.Discovery;
using AmpEdge.Hosting;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.Config;

/// <summary>
/// A configuration that lies at a URL: fetched into a file of the agent's own folder, from which it is read as any other. The last one that
/// proved good is kept beside it, and is what the agent starts with while the server is away or serves a bad one.
/// </summary>
/// <param name="url">With <c>http</c> or <c>https</c>; a user and password in it are sent as basic authorization.</param>
/// <param name="folder">The agent's folder.</param>
/// <param name="client">Asks.</param>
/// <param name="time">The clock of time-outs.</param>
internal sealed class ConfigDownload(Uri url, string folder, HttpMessageInvoker client, TimeProvider time) : IDisposable
{
    /// <summary>How often a URL is looked at where <c>--config.auto-reload-interval</c> does not say.</summary>
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromMinutes(1);

    private const int MaxBytes = 16 << 20;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _oneAtATime = new(1);

    /// <summary>The last content that was fetched, good or not.</summary>
    private byte[] _fetched = [];

    /// <summary>What was fetched last; the configuration is read from here.</summary>
    public static string FileIn(string folder) => Path.Combine(folder, "config-fetched.yml");

    /// <summary>The last one that was good.</summary>
    private static string CopyIn(string folder) => Path.Combine(folder, "config-last-good.yml");

    /// <summary>The URL as it may be shown.</summary>
    public string Shown => ConfigUrl.Shown(url.ToString());

    public static bool IsUrl(string file) =>
        file.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || file.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <summary>For a <c>--config.file</c> that is a URL; else null.</summary>
    public static ConfigDownload? For(AgentSettings settings, TimeProvider time) => settings.ConfigUrl is not { } url ? null : new ConfigDownload(
        url, settings.StoragePath, new HttpMessageInvoker(HttpHandlerBuilder.Build(new HttpClientConfig(), time)), time);

    /// <summary>
    /// Fetches and loads what the agent starts with: what is at the URL, or the last good one when that cannot be had or is bad.
    /// </summary>
    /// <param name="load">Reads the file of <see cref="FileIn"/>.</param>
    /// <param name="mayFallBack">False to speak of what is at the URL alone, and to keep nothing.</param>
    /// <param name="warning">Gets why the last good one had to do.</param>
    /// <returns>The configuration; or everything that is wrong, when there is no last good one.</returns>
    /// <exception cref="StartFailedException">There is nothing at the URL, and no last good one.</exception>
    public async Task<ConfigResult<AgentConfig>> StartAsync(Func<ConfigResult<AgentConfig>> load, bool mayFallBack, TextWriter warning)
    {
        string? problem = await FetchAsync(CancellationToken.None);
        ConfigResult<AgentConfig>? loaded = problem is null ? load() : null;
        if (loaded is { IsValid: true })
        {
            if (mayFallBack)
            {
                Keep();
            }

            return loaded;
        }

        if (!mayFallBack || !File.Exists(CopyIn(folder)))
        {
            return loaded ?? throw new StartFailedException($"--config.file={Shown}: {problem} (wanted: a configuration, or a last good one in {folder})");
        }

        await warning.WriteLineAsync($"warning: --config.file={Shown}: {problem ?? string.Join("; ", loaded!.Problems)}; the last good one is taken");
        File.Copy(CopyIn(folder), FileIn(folder), overwrite: true);

        // What comes next is something else than what is in the file, whatever it is.
        _fetched = [];
        return load();
    }

    /// <summary>Fetches the configuration into its file; null, or why that failed, and then the file is as it was.</summary>
    public async Task<string?> FetchAsync(CancellationToken cancel)
    {
        using CancellationTokenSource timeout = new(s_timeout, time);
        await _oneAtATime.WaitAsync(cancel);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, url);
            request.Headers.UserAgent.ParseAdd(UserAgent.Value);
            if (url.UserInfo.Length > 0)
            {
                string credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.UserInfo)));
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", credentials);
            }

            using HttpResponseMessage answer = await client.SendAsync(request, either.Token);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                return $"the server answers {(int)answer.StatusCode}";
            }

            ReadOnlyMemory<byte> body = await BoundedBody.ReadAsync(answer, MaxBytes, either.Token);
            if (!body.Span.SequenceEqual(_fetched) || !File.Exists(FileIn(folder)))
            {
                await WriteAsync(FileIn(folder), body, cancel);
                _fetched = body.ToArray();
            }

            return null;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return $"no answer within {s_timeout.TotalSeconds} s";
        }
        catch (Exception error) when (error is HttpRequestException or DiscoveryException or IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>What was fetched last is in force: it is the one to start with from now on.</summary>
    public void Keep()
    {
        string part = CopyIn(folder) + ".part";
        File.Copy(FileIn(folder), part, overwrite: true);
        File.Move(part, CopyIn(folder), overwrite: true);
    }

    /// <summary>Fetches, reloads and keeps what was good; null, or everything that is wrong.</summary>
    public async Task<string?> ReloadAsync(Func<CancellationToken, Task<string?>> reload, CancellationToken cancel)
    {
        string? problem = await FetchAsync(cancel);
        problem = problem is null ? await reload(cancel) : $"{Shown}: {problem}";
        if (problem is null)
        {
            Keep();
        }

        return problem;
    }

    /// <summary>Fetches again and again, and reloads when something else came; says once when the server goes away.</summary>
    public async Task RunAsync(Func<CancellationToken, Task<string?>> reload, TimeSpan interval, ILogger log, CancellationToken stop)
    {
        bool isAway = false;
        while (true)
        {
            await Task.Delay(LongWait.Bounded(interval), time, stop);
            byte[] before = _fetched;
            string? problem = await FetchAsync(stop);
            if (problem is not null && !isAway)
            {
                AgentLog.ConfigNotFetched(log, Shown, problem);
            }

            isAway = problem is not null;
            if (problem is null && !ReferenceEquals(before, _fetched) && await reload(stop) is null)
            {
                Keep();
            }
        }
    }

    public void Dispose()
    {
        client.Dispose();
        _oneAtATime.Dispose();
    }

    private async Task WriteAsync(string file, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            // There may be passwords in it.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using (FileStream part = new(file + ".part", options))
        {
            await part.WriteAsync(content, cancel);
        }

        File.Move(file + ".part", file, overwrite: true);
    }
}
