using System.Linq;
using System.Reflection;
using AmpEdge.Hosting;
using AmpEdge.IngestServer.RemoteRead;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;

namespace AmpEdge.IngestServer;

/// <summary>The flags of <c>ampedge-server</c>, and the checks that need more than one of them.</summary>
internal sealed class ServerFlags
{
    private const string AuthSigV4 = "sigv4";
    private const string AuthNone = "none";
    private const string PerStepStatistics = "promql-per-step-stats";

    private readonly CommandLine _commandLine;
    private readonly Flag<string> _configFile;
    private readonly Flag<bool> _configCheck;
    private readonly Flag<string> _storagePath;
    private readonly Flag<string> _listenAddress;
    private readonly Flag<string> _managementAddress;
    private readonly Flag<bool> _enableLifecycle;
    private readonly Flag<bool> _enableAdminApi;
    private readonly Flag<string> _corsOrigin;
    private readonly Flag<string> _auth;
    private readonly Flag<bool> _strictAmp;
    private readonly Flag<long> _maxSamples;
    private readonly Flag<TimeSpan> _queryTimeout;
    private readonly Flag<long> _maxConcurrency;
    private readonly Flag<TimeSpan> _lookbackDelta;
    private readonly Flag<long> _readSamples;
    private readonly Flag<long> _readConcurrency;
    private readonly Flag<long> _readFrameBytes;
    private readonly Flag<IReadOnlyList<string>> _features;

    public ServerFlags()
    {
        _commandLine = new CommandLine(
            "ampedge-server",
            "A workspace server that speaks Amazon Managed Service for Prometheus: signed remote_write and PromQL.",
            Assembly.GetExecutingAssembly());
        FlagGroup config = _commandLine.Group("Configuration");
        _configFile = config.Text("config.file", "server.yml", "Workspaces and principals.", "FILE");
        _configCheck = config.Switch("config.check", "Check the configuration file, say what is wrong with it, and end.");
        FlagGroup storage = _commandLine.Group("Storage");
        _storagePath = storage.Text("storage.path", "data/", "Folder of the data, one below it for each workspace.", "DIR");
        FlagGroup web = _commandLine.Group("Web");
        _listenAddress = web.Listen("web.listen-address", "127.0.0.1:9009", "Where to listen for requests.");
        _managementAddress = web.Text(
            "web.management-address", "",
            "Where to listen for /metrics, /-/reload and the pages. Without it they are on the main listener if that is "
            + "on loopback, and nowhere if it is not.", "HOST:PORT");
        _enableLifecycle = web.Switch("web.enable-lifecycle", "Allow POST /-/reload and POST /-/quit.");
        _enableAdminApi = web.Switch(
            "web.enable-admin-api", "Allow deleting series, clean-up and snapshots below /api/v1/admin/tsdb.");
        _corsOrigin = web.Text(
            "web.cors.origin", ".*", "Regular expression, matching whole, of origins whose pages may read answers.", "REGEX");
        FlagGroup access = _commandLine.Group("Access");
        _auth = access.Choice(
            "auth", AuthSigV4, [AuthSigV4, AuthNone],
            "How callers prove who they are; none is taken only with a listener on loopback.");
        _strictAmp = access.Switch(
            "amp.strict",
            "Refuse what AMP refuses: paths that it does not have, remote write 2.0, native histograms.");
        FlagGroup query = _commandLine.Group("Queries");
        EngineOptions defaults = new();
        _maxSamples = query.Number(
            "query.max-samples", defaults.MaxSamples, 1, long.MaxValue,
            "The most samples that one query may hold in memory.");
        _queryTimeout = query.Duration("query.timeout", defaults.Timeout, "The longest that a query may take.");
        _maxConcurrency = query.Number(
            "query.max-concurrency", defaults.MaxConcurrency, 1, 10_000, "Queries evaluated at the same time; others wait.");
        _lookbackDelta = query.Duration(
            "query.lookback-delta", defaults.LookbackDelta, "How long after its last sample a series still has a value.");
        RemoteReadLimits readDefaults = new();
        _readSamples = query.Number(
            "storage.remote.read-sample-limit", readDefaults.MaxSamples, 0, long.MaxValue,
            "The most samples that a remote read is answered with in one message; 0 for any number. Streams have no limit.");
        _readConcurrency = query.Number(
            "storage.remote.read-concurrent-limit", readDefaults.MaxConcurrency, 1, 10_000,
            "Remote reads answered at the same time; others wait.");
        _readFrameBytes = query.Number(
            "storage.remote.read-max-bytes-in-frame", readDefaults.MaxFrameBytes, 1024, 64 << 20,
            "About how many bytes of chunks go into one frame of a streamed remote read.");
        _features = query.Words(
            "enable-feature", [.. EngineFeatures.Names, PerStepStatistics],
            $"Experimental parts of PromQL to switch on: {string.Join(", ", EngineFeatures.Names)}; "
            + $"and {PerStepStatistics}, which tells samples by step in the statistics of a query.");
        Log = new LogFlags(_commandLine);
    }

    public LogFlags Log { get; }

    /// <summary>True when the configuration is to be checked and nothing started.</summary>
    public bool CheckOnly => _configCheck.Value;

    /// <summary>Reads the arguments; false when the program has to end with <paramref name="exitCode"/>.</summary>
    public bool TryRead(
        IReadOnlyList<string> args, TextWriter output, TextWriter error, out ServerSettings? settings, out int exitCode)
    {
        settings = null;
        if (!_commandLine.TryParse(args, output, error, out exitCode))
        {
            return false;
        }

        List<string> problems = Problems();
        foreach (string problem in problems)
        {
            error.WriteLine($"error: {problem}");
        }

        exitCode = problems.Count == 0 ? ExitCode.Success : ExitCode.Usage;
        settings = problems.Count == 0 ? Settings() : null;
        return problems.Count == 0;
    }

    private List<string> Problems()
    {
        List<string> problems = [];
        if (_auth.Value == AuthNone && !ListenAddress.Parse(_listenAddress.Value).IsLoopback)
        {
            problems.Add(
                $"flag --auth: {AuthNone} lets everybody in who can reach --web.listen-address "
                + $"(got '{_listenAddress.Value}', allowed: a loopback address such as 127.0.0.1:9009)");
        }

        if (_managementAddress.Value.Length > 0
            && !ListenAddress.TryParse(_managementAddress.Value, out _, out string addressProblem))
        {
            problems.Add($"flag --web.management-address: {addressProblem}");
        }

        if (!AnchoredRegex.TryCreate(_corsOrigin.Value, out _, out string? regexProblem))
        {
            problems.Add($"flag --web.cors.origin: {regexProblem} (got '{_corsOrigin.Value}', allowed: RE2 syntax)");
        }

        return problems;
    }

    private ServerSettings Settings() => new()
    {
        ConfigFile = _configFile.Value,
        StoragePath = _storagePath.Value,
        ListenAddress = _listenAddress.Value,
        ManagementAddress = _managementAddress.Value,
        EnableLifecycle = _enableLifecycle.Value,
        EnableAdminApi = _enableAdminApi.Value,
        WithoutAuth = _auth.Value == AuthNone,
        StrictAmp = _strictAmp.Value,
        CorsOrigin = _corsOrigin.Value,
        Flags = [.. _commandLine.Flags.Select(static flag => KeyValuePair.Create(flag.Name, flag.ValueText))],
        PerStepStatistics = _features.Value.Contains(PerStepStatistics),
        RemoteRead = new RemoteReadLimits
        {
            MaxSamples = _readSamples.Value,
            MaxConcurrency = (int)_readConcurrency.Value,
            MaxFrameBytes = (int)_readFrameBytes.Value,
        },
        Engine = EngineFeatures.Enable(
            new EngineOptions
            {
                MaxSamples = _maxSamples.Value,
                Timeout = _queryTimeout.Value,
                MaxConcurrency = (int)_maxConcurrency.Value,
                LookbackDelta = _lookbackDelta.Value,
            },
            _features.Value.Where(static name => name != PerStepStatistics)),
    };
}
