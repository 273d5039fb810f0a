using AmpEdge.Agent.Config;
using AmpEdge.Agent.RemoteWrite;
using Xunit;

namespace AmpEdge.Agent.Tests.RemoteWrite;

public sealed class DestinationFactoryTests
{
    [Fact]
    public void A_destination_keeps_its_name_when_its_password_changes_and_another_user_has_another()
    {
        string name = NameOf("https://one:first@host/write");

        Assert.Equal(name, NameOf("https://one:second@host/write"));
        Assert.NotEqual(name, NameOf("https://two:first@host/write"));
        Assert.NotEqual(name, NameOf("https://host/write"));
        Assert.NotEqual(NameOf("https://host/write"), NameOf("https://host/other"));
        Assert.StartsWith("host-", name, StringComparison.Ordinal);
    }

    private static string NameOf(string url) => DestinationFactory.NameOf(new RemoteWriteConfig { Url = new Uri(url) });
}
