using System.Diagnostics.CodeAnalysis;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Proxy.Forwarding;
using AmpEdge.SigV4;

namespace AmpEdge.Proxy.Config;

/// <summary>
/// The flags of the proxy: those of aws-sigv4-proxy 1.x under their names, and our own. What would surprise an
/// operator needs a second flag that begins with <c>--unsafe-</c>.
/// </summary>
internal sealed class ProxyFlags
{
    private static readonly ProxySettings s_settings = new();
    private static readonly ListenerConfig s_listener = new();
    private static readonly UpstreamConfig s_upstream = new();
    private static readonly TimeoutsConfig s_timeouts = new();
    private static readonly LimitsConfig s_limits = new();

    /// <summary>The flags that a configuration file stands in place of.</summary>
    private readonly List<Flag> _routeFlags = [];

    private readonly Flag<string> _configFile;
    private readonly Flag<bool> _configCheck;
    private readonly Flag<TimeSpan> _autoReload;
    private readonly Flag<bool> _enableLifecycle;
    private readonly Flag<string> _name;
    private readonly Flag<string> _region;
    private readonly Flag<string> _host;
    private readonly Flag<string> _signHost;
    private readonly Flag<string> _scheme;
    private readonly Flag<string> _roleArn;
    private readonly Flag<string> _roleExternalId;
    private readonly Flag<bool> _unsignedPayload;
    private readonly Flag<string> _port;
    private readonly Flag<string> _admin;
    private readonly Flag<IReadOnlyList<string>> _strip;
    private readonly Flag<IReadOnlyList<string>> _stripHeader;
    private readonly Flag<IReadOnlyList<string>> _stripParam;
    private readonly Flag<IReadOnlyList<string>> _duplicateHeaders;
    private readonly Flag<IReadOnlyList<string>> _customHeaders;
    private readonly Flag<ByteSize> _maxBody;
    private readonly Flag<ByteSize> _maxBuffered;
    private readonly Flag<long> _maxConnections;
    private readonly Flag<TimeSpan> _idleConnTimeout;
    private readonly Flag<TimeSpan> _connectTimeout;
    private readonly Flag<TimeSpan> _upstreamTimeout;
    private readonly Flag<TimeSpan> _drainTimeout;
    private readonly Flag<bool> _noVerifySsl;
    private readonly UsageFlags _usage;
    private readonly Flag<bool> _verbose;
    private readonly Flag<bool> _logFailed;
    private readonly Flag<bool> _logSigning;
    private readonly Flag<bool> _unsafeNoVerifySsl;
    private readonly Flag<bool> _unsafeUnsignedPayload;
    private readonly Flag<bool> _unsafeAnyHost;

    public ProxyFlags(CommandLine flags)
    {
        FlagGroup files = flags.Group("Configuration");
        _configFile = files.Text(
            "config.file", "", "Listeners and routes; the flags that name one listener and one route stand in its place.", "FILE");
        _configCheck = files.Switch("config.check", "Check the configuration, say what is wrong with it, and end.");

        _autoReload = files.Duration(
            "config.auto-reload-interval", TimeSpan.Zero, "How often to look whether the file has changed; 0s: never.");
        _enableLifecycle = files.Switch(
            "web.enable-lifecycle", "Let POST /-/reload be called on an admin address beyond loopback, where it always may.");

        FlagGroup signing = flags.Group("Signing");
        _name = signing.Text("name", "", "AWS service to sign for; else read from the host, else aps.", "SERVICE");
        _region = signing.Text(
            "region", "", "AWS region to sign for; else read from the host, else AWS_REGION, profile, instance.", "REGION");
        _signHost = signing.Text("sign-host", "", "Host to sign and to send as Host header.", "HOST");
        _roleArn = signing.Text("role-arn", "", "Role to assume with the credentials found.", "ARN");
        _roleExternalId = signing.Text("role-external-id", "", "External id that the role's trust policy asks for.", "ID");
        _unsignedPayload = signing.Switch(
            "unsigned-payload", "Leave the body out of the signature (AMP refuses that); needs --unsafe-unsigned-payload.");

        FlagGroup requests = flags.Group("Requests");
        _strip = requests.Texts("strip", "The same as --strip-header.", "HEADER", "-s");
        _stripHeader = requests.Texts("strip-header", "Header to remove; a final * matches a prefix.", "HEADER");
        _stripParam = requests.Texts("strip-param", "Query parameter to remove; a final * matches a prefix.", "PARAM");
        _duplicateHeaders = requests.Texts("duplicate-headers", "Header to keep as X-Original-HEADER.", "HEADER");
        _customHeaders = requests.Texts(
            "custom-headers", "Headers to add where absent, as name=value,name=value.", "LIST");
        _maxBody = requests.Size(
            "max-request-body", new ByteSize(s_limits.RequestBodyBytes), "A larger body is refused with 413.");
        _maxBuffered = requests.Size(
            "max-buffered", new ByteSize(s_settings.MaxBufferedBytes), "All bodies held at once; beyond it 503.");

        FlagGroup listening = flags.Group("Listening");
        _port = listening.Text(
            "port", "8080", "Port, or HOST:PORT; a port alone listens on loopback only (0.0.0.0:8080: everywhere).", "PORT");
        _admin = listening.Listen(
            "admin.listen-address", s_settings.AdminListenAddress, "Where health, readiness and metrics are served.");
        _maxConnections = listening.Number(
            "max-connections", s_listener.MaxConnections, 1, 1_000_000, "Connections from callers at once.");
        _drainTimeout = listening.Duration(
            "drain-timeout", s_settings.DrainTimeout, "How long running requests may take after a stop signal.");

        FlagGroup upstream = flags.Group("Upstream");
        _host = upstream.Text("host", "", "Host to proxy to; else the AWS endpoint of the Host header.", "HOST[:PORT]");
        _scheme = upstream.Text(
            "upstream-url-scheme", s_upstream.Scheme, "http or https.", "SCHEME", "--schema");
        _idleConnTimeout = upstream.Duration(
            "transport.idle-conn-timeout", s_timeouts.IdleConnection, "How long unused connections are kept; 0s: no limit.");
        _connectTimeout = upstream.Duration(
            "transport.connect-timeout", s_timeouts.Connect, "Time for a connection, TLS included.");
        _upstreamTimeout = upstream.Duration(
            "upstream.timeout", s_timeouts.Idle, "How long the upstream may stay silent: then 504.");
        _noVerifySsl = upstream.Switch(
            "no-verify-ssl", "Believe any certificate of the upstream; needs --unsafe-no-verify-ssl.");

        _usage = new UsageFlags(flags);

        FlagGroup logging = flags.Group("What is logged");
        _verbose = logging.Switch("verbose", "Log every request and all of the below.", alias: "-v");
        _logFailed = logging.Switch("log-failed-requests", "Log answers of 400 and above with their text.");
        _logSigning = logging.Switch("log-signing-process", "Log what is signed; tokens are hidden.");

        _routeFlags.AddRange(
        [
            _name, _region, _signHost, _roleArn, _roleExternalId, _unsignedPayload, _strip, _stripHeader, _stripParam,
            _duplicateHeaders, _customHeaders, _maxBody, _port, _maxConnections, _host, _scheme, _idleConnTimeout,
            _connectTimeout, _upstreamTimeout, _noVerifySsl, .. _usage.All,
        ]);

        FlagGroup confirmations = flags.Group("Unsafe, to be said twice");
        _unsafeNoVerifySsl = confirmations.Switch(
            "unsafe-no-verify-ssl", "Confirms --no-verify-ssl: whoever sits between can read and change everything.");
        _unsafeUnsignedPayload = confirmations.Switch(
            "unsafe-unsigned-payload", "Confirms --unsigned-payload: bodies can be changed on the way.");
        _unsafeAnyHost = confirmations.Switch(
            "unsafe-any-host",
            "Without --host and beyond loopback: anyone who reaches the port signs for any AWS service with your role.");
    }

    /// <summary>True when <c>-v</c> asks for debug lines.</summary>
    public bool Verbose => _verbose.Value;

    /// <summary>True when the configuration is only to be checked.</summary>
    public bool CheckOnly => _configCheck.Value;

    /// <summary>
    /// Settings and configuration, of the file if one is named. False when something is wrong; all of it has then been said.
    /// </summary>
    public bool TryRead(
        TextWriter error, [NotNullWhen(true)] out ProxySettings? settings, [NotNullWhen(true)] out ProxyConfig? config)
    {
        List<string> problems = [];
        settings = ToSettings(problems);
        config = null;
        if (settings.ConfigFile is null)
        {
            config = ToConfig(problems);
        }
        else
        {
            ConfigResult<ProxyConfig> loaded = ProxyConfigLoader.Load(settings.ConfigFile, settings.AdminListenAddress);
            config = loaded.Config;
            foreach (ConfigProblem problem in loaded.Problems)
            {
                problems.Add(problem.ToString());
            }
        }

        foreach (string problem in problems)
        {
            error.WriteLine($"error: {problem}");
        }

        return problems.Count == 0 && config is not null;
    }

    /// <summary>What holds for the life of the process; every problem is added to <paramref name="problems"/>.</summary>
    public ProxySettings ToSettings(List<string> problems)
    {
        ProxySettings settings = new()
        {
            ConfigFile = OrNull(_configFile),
            AutoReloadInterval = ReadDuration(_autoReload, TimeSpan.Zero, problems),
            EnableLifecycle = _enableLifecycle.Value,
            AdminListenAddress = _admin.Value,
            MaxBufferedBytes = _maxBuffered.Value.Bytes,
            DrainTimeout = ReadDuration(_drainTimeout, TimeSpan.Zero, problems),
            LogFailedRequests = _logFailed.Value || Verbose,
            LogSigningProcess = _logSigning.Value || Verbose,
        };
        foreach (Flag flag in _routeFlags)
        {
            if (settings.ConfigFile is not null && flag.IsSet)
            {
                problems.Add($"flag --{flag.Name}: the file of --config.file says that; give one of the two");
            }
        }

        return settings;
    }

    /// <summary>The listener and the route that the flags mean; every problem is added to <paramref name="problems"/>.</summary>
    public ProxyConfig ToConfig(List<string> problems)
    {
        RouteConfig route = new()
        {
            Upstream = new UpstreamConfig
            {
                Host = ReadHost(_host, problems),
                SignHost = ReadHost(_signHost, problems),
                Scheme = _scheme.Value.ToLowerInvariant(),
                VerifyTls = !_noVerifySsl.Value,
            },
            Signing = ReadSigning(),
            Headers = ReadRules(problems),
            Timeouts = new TimeoutsConfig
            {
                Connect = ReadDuration(_connectTimeout, TimeoutsConfig.Shortest, problems),
                Idle = ReadDuration(_upstreamTimeout, TimeoutsConfig.Shortest, problems),
                IdleConnection = ReadDuration(_idleConnTimeout, TimeSpan.Zero, problems) is { Ticks: > 0 } limit
                    ? limit
                    : Timeout.InfiniteTimeSpan,
            },
            Limits = new LimitsConfig { RequestBodyBytes = _maxBody.Value.Bytes },
        };
        ListenerConfig listener = new() { Address = ReadPort(problems), MaxConnections = (int)_maxConnections.Value };
        ProxyConfig config = new() { Listeners = [listener], Routes = [route], Usage = _usage.ToConfig(problems) };
        CheckRoute(route, problems);
        CheckReach(listener, route.Upstream, config, problems);
        return config;
    }

    private SigningConfig ReadSigning() => new()
    {
        Region = OrNull(_region),
        Service = OrNull(_name),
        UnsignedPayload = _unsignedPayload.Value,
        Credentials = new CredentialSettings
        {
            Roles = RoleHop.Single(OrNull(_roleArn), OrNull(_roleExternalId)),
            RoleSessionName = RoleSessionName(),
            Region = _roleArn.Value.Length == 0 ? null : OrNull(_region),
        },
    };

    private void CheckRoute(RouteConfig route, List<string> problems)
    {
        if (route.Upstream.Scheme is not ("http" or "https"))
        {
            problems.Add($"flag --upstream-url-scheme: got '{_scheme.Value}', allowed: http, https");
        }

        if (route.Limits.RequestBodyBytes is < 1 or > LimitsConfig.MostRequestBodyBytes)
        {
            problems.Add($"flag --max-request-body: got '{_maxBody.Value}', allowed: from 1B to 512MB");
        }

        if (_roleExternalId.Value.Length > 0 && _roleArn.Value.Length == 0)
        {
            problems.Add("flag --role-external-id: only --role-arn uses it; give both or neither");
        }

        if (!route.Upstream.VerifyTls && !_unsafeNoVerifySsl.Value)
        {
            problems.Add(
                "flag --no-verify-ssl: turns off the check of the upstream's certificate, so that anyone on the way "
                + "can read and change what is signed; add --unsafe-no-verify-ssl to say that you mean it");
        }

        if (route.Signing.UnsignedPayload && !_unsafeUnsignedPayload.Value)
        {
            problems.Add(
                "flag --unsigned-payload: leaves bodies out of the signature, which AMP refuses; "
                + "add --unsafe-unsigned-payload to say that you mean it");
        }
    }

    /// <summary>Who reaches the proxy, and whether it would reach itself.</summary>
    private void CheckReach(ListenerConfig listener, UpstreamConfig upstream, ProxyConfig config, List<string> problems)
    {
        if (upstream.Host is null && !_unsafeAnyHost.Value && !listener.IsLocal)
        {
            problems.Add(
                $"flag --port: '{_port.Value}' is reachable from other machines and without --host any AWS endpoint is "
                + "signed for; name the upstream with --host, or add --unsafe-any-host to say that you mean it");
        }

        if (LoopGuard.OwnListener(upstream, config.Listeners, _admin.Value) is { } own)
        {
            problems.Add(
                $"flag --host: {upstream.Host} is this proxy's own listener {own}: every request would come back for ever; "
                + "name the server that requests are meant for");
        }
    }

    /// <summary><c>8080</c> and <c>:8080</c> mean loopback; a host in front says otherwise.</summary>
    private string ReadPort(List<string> problems)
    {
        string port = _port.Value.TrimStart(':');
        string address = port.Contains(':', StringComparison.Ordinal) ? _port.Value : "127.0.0.1:" + port;
        if (ListenAddress.TryParse(address, out _, out _))
        {
            return address;
        }

        problems.Add(
            $"flag --port: got '{_port.Value}', allowed: a port such as 8080 or :8080 (loopback only), or an address "
            + "such as 0.0.0.0:8080 or [::1]:8080");
        return s_listener.Address;
    }

    private RequestRules ReadRules(List<string> problems)
    {
        if (_strip.IsSet && _stripHeader.IsSet)
        {
            problems.Add("flags --strip and --strip-header: the first is the old name of the second; give one of them");
        }

        return new RequestRules
        {
            StripHeaders = [.. _strip.Value, .. _stripHeader.Value],
            StripParameters = _stripParam.Value,
            DuplicateHeaders = _duplicateHeaders.Value,
            CustomHeaders = ReadCustomHeaders(problems),
        };
    }

    private List<KeyValuePair<string, string>> ReadCustomHeaders(List<string> problems)
    {
        List<KeyValuePair<string, string>> custom = [];
        foreach (string list in _customHeaders.Value)
        {
            foreach (string item in list.Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                int equals = item.IndexOf('=', StringComparison.Ordinal);
                string name = equals < 0 ? "" : item[..equals].Trim();
                string value = item[(equals + 1)..].Trim();
                if (!HeaderText.IsName(name) || !HeaderText.IsValue(value))
                {
                    problems.Add(
                        $"flag --custom-headers: got '{item}', allowed: name=value,name=value with names of letters, digits "
                        + "and dashes, and values of one line");
                    continue;
                }

                custom.Add(new(name, value));
            }
        }

        return custom;
    }

    private static TimeSpan ReadDuration(Flag<TimeSpan> flag, TimeSpan min, List<string> problems)
    {
        if (flag.Value < min || flag.Value > TimeoutsConfig.Longest)
        {
            problems.Add(
                $"flag --{flag.Name}: got '{PrometheusDuration.Format(flag.Value)}', allowed: from "
                + $"{PrometheusDuration.Format(min)} to {PrometheusDuration.Format(TimeoutsConfig.Longest)}");
        }

        return flag.Value;
    }

    private static string? ReadHost(Flag<string> flag, List<string> problems)
    {
        string? host = OrNull(flag);
        bool valid = host is null
            || (Ascii.IsValid(host)
                && Uri.TryCreate("http://" + host, UriKind.Absolute, out Uri? uri)
                && uri.PathAndQuery == "/"
                && uri.UserInfo.Length == 0
                && !host.EndsWith('/'));
        if (!valid)
        {
            problems.Add($"flag --{flag.Name}: got '{host}', allowed: a host name (in ASCII) or address, with :PORT if needed");
        }

        return host;
    }

    private static string RoleSessionName() =>
        Environment.GetEnvironmentVariable("AWS_ROLE_SESSION_NAME") is { Length: > 0 } given
            ? given
            : $"{SigningConfig.DefaultSessionName}-{Environment.MachineName}";

    private static string? OrNull(Flag<string> flag) => flag.Value.Length == 0 ? null : flag.Value;
}
