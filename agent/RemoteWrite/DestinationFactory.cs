using System.Text;
using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.Config;
using AmpEdge.Hosting;
using AmpEdge.Prometheus;
using AmpEdge.SigV4;
using Microsoft.Extensions.Logging;

namespace AmpEdge.Agent.RemoteWrite;

/// <summary>Makes queues from the <c>remote_write</c> entries of a configuration.</summary>
internal sealed class DestinationFactory
{
    private const string AmpService = "aps";

    private readonly AgentBuffer _buffer;
    private readonly Func<RemoteWriteConfig, HttpMessageInvoker> _createClient;
    private readonly Func<IReadOnlyList<MetricMetadata>> _readMetadata;
    private readonly HighAvailability _availability;
    private readonly TimeSpan _flushDeadline;
    private readonly TimeProvider _time;
    private readonly MetricRegistry _metrics;
    private readonly ILogger _log;

    public DestinationFactory(
        AgentBuffer buffer,
        Func<RemoteWriteConfig, HttpMessageInvoker> createClient,
        Func<IReadOnlyList<MetricMetadata>> readMetadata,
        HighAvailability availability,
        TimeSpan flushDeadline,
        TimeProvider time,
        MetricRegistry metrics,
        ILogger log)
    {
        _buffer = buffer;
        _createClient = createClient;
        _readMetadata = readMetadata;
        _availability = availability;
        _flushDeadline = flushDeadline;
        _time = time;
        _metrics = metrics;
        _log = log;
    }

    /// <summary>
    /// The name under which a destination keeps its delivery position: the configured one, else made from the URL, so
    /// that other settings may change without starting from now.
    /// </summary>
    public static string NameOf(RemoteWriteConfig config)
    {
        if (config.Name.Length > 0)
        {
            return config.Name;
        }

        // Without a password: another one is not another destination, which would begin from now.
        uint checksum = Crc32C.Compute(Encoding.UTF8.GetBytes(ConfigUrl.Shown(config.Url.AbsoluteUri)));
        return $"{config.Url.Host}-{checksum >> 8:x6}";
    }

    /// <summary>What every series gets that lacks the names.</summary>
    public Labels ExternalLabelsOf(AgentConfig config) => _availability.AddTo(config.Global.ExternalLabels);

    /// <summary>A destination that was not started yet.</summary>
    public RunningDestination Create(RemoteWriteConfig config, string name, Labels externalLabels)
    {
        DestinationOptions options = Options(config, name, externalLabels);
        CredentialSource? credentials = config.SigV4 is { } sigV4 ? new CredentialSource(Settings(sigV4), _time) : null;
        RequestAuthorizer? authorizer = credentials is null
            ? null
            : new RequestAuthorizer(
                new HttpRequestSigner(new SigV4Signer(new SigningScope(RegionOf(config), AmpService)), _time), credentials);
        if (config.Queue.RetryOnHttp429 == false)
        {
            RemoteWriteLog.RetriesAnyway(_log, name);
        }

        if (config.Queue.SampleAgeLimit > TimeSpan.Zero && config.Queue.SampleAgeLimit == QueueConfig.AgeLimitOf(config.Url))
        {
            RemoteWriteLog.AgeLimited(_log, name, PrometheusDuration.Format(config.Queue.SampleAgeLimit));
        }

        HttpMessageInvoker http = _createClient(config);
        QueueManager queue = new(
            options,
            _buffer,
            new WriteClient(options, http, authorizer, _time),
            _readMetadata,
            _time,
            new Random(RandomSeed.Next()),
            _metrics,
            _log);
        return new RunningDestination(Signature(config, name, externalLabels), queue, http, credentials);
    }

    /// <summary>Gives up what destinations of other names did not deliver: they are not configured any more.</summary>
    public void ForgetOthers(IReadOnlyCollection<string> names) => _buffer.KeepOnly(names);

    /// <summary>Everything that a destination depends on: equal texts mean that a reload need not touch it.</summary>
    public static string Signature(RemoteWriteConfig config, string name, Labels externalLabels) =>
        $"{name}\n{externalLabels}\n{AgentConfigYaml.Signature(config)}";

    private DestinationOptions Options(RemoteWriteConfig config, string name, Labels externalLabels) => new()
    {
        Name = name,
        Url = config.Url,
        RemoteTimeout = config.RemoteTimeout,
        Headers = config.Headers,
        ExternalLabels = externalLabels,
        WriteRelabelRules = config.WriteRelabelRules,
        Queue = config.Queue,
        Metadata = config.Metadata,
        Protocol = config.ProtobufMessage == RemoteWriteConfig.MessageV2 ? WriteProtocol.V2 : WriteProtocol.V1,
        SendExemplars = config.SendExemplars,
        SendHistograms = config.SendNativeHistograms || config.ProtobufMessage == RemoteWriteConfig.MessageV2,
        FlushDeadline = _flushDeadline,
    };

    private static CredentialSettings Settings(SigV4Config config) => new()
    {
        StaticKeys = config is { AccessKey.Length: > 0, SecretKey: { } secret }
            ? new AwsCredentials(config.AccessKey, secret.Reveal())
            : null,
        Profile = config.Profile.Length > 0 ? config.Profile : null,
        Roles = RoleHop.Single(config.RoleArn, config.ExternalId),
        Region = config.Region.Length > 0 ? config.Region : null,
        UseFipsSts = config.UseFipsStsEndpoint,
    };

    private static string RegionOf(RemoteWriteConfig config)
    {
        if (config.SigV4 is { Region.Length: > 0 } sigV4)
        {
            return sigV4.Region;
        }

        if (AwsHost.TryParse(config.Url.Host, out SigningScope scope))
        {
            return scope.Region;
        }

        return AwsRegion.Find() ?? throw new StartFailedException(
            $"remote_write {ConfigUrl.Shown(config.Url.ToString())}: sigv4 needs a region, and none is in the URL, the environment or the AWS profile: "
            + "set sigv4.region");
    }
}
