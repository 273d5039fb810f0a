using AmpEdge.Agent.Config;
using AmpEdge.Agent.Discovery;
using AmpEdge.Hosting;
using AmpEdge.SigV4;
using AmpEdge.Tests.Support;

namespace AmpEdge.Agent.Tests.Discovery;

/// <summary>A fake of AWS with sessions that ask it, without waits.</summary>
internal sealed class AwsWorld : IAsyncDisposable
{
    public AwsWorld()
    {
        Aws = new FakeAws(Time);
        Metrics = new AwsMetrics(new MetricRegistry());
    }

    /// <summary>Waits between tries last no time; time-outs of requests, 30 s and more, never come.</summary>
    public HurriedTime Time { get; } = new(TimeSpan.FromSeconds(30));

    public FakeAws Aws { get; }

    public AwsMetrics Metrics { get; }

    public AwsDiscoveryConfig Config(string role) =>
        new() { Role = role, Region = FakeAws.Region, Endpoint = Aws.Url.OriginalString, Port = 4242 };

    /// <summary>A session that asks the fake for both services.</summary>
    public AwsSession Session(AwsDiscoveryConfig config, ICredentialProvider? credentials = null) => new(
        config,
        new HttpMessageInvoker(HttpHandlerBuilder.Build(config.HttpClient, TimeProvider.System)),
        credentials ?? new ScriptedCredentials(FakeAws.Key),
        new AwsSurroundings(name => name == "AWS_ENDPOINT_URL" ? Aws.Url.OriginalString : null, static () => FakeAws.Region),
        Metrics, Time, new Random(7));

    public ValueTask DisposeAsync() => Aws.DisposeAsync();
}
