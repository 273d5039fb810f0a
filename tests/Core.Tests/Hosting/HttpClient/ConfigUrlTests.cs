using AmpEdge.Hosting;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.HttpClients;

public sealed class ConfigUrlTests
{
    [Theory]
    [InlineData("https://a:1/x?y=b:c@d", "https://a:1/x?y=b:c@d")]
    [InlineData("https://user@a:1/x", "https://user@a:1/x")]
    [InlineData("https://user:secret@a:1/x", "https://user:xxxxx@a:1/x")]
    [InlineData("https://user:se:cr@et@a", "https://user:xxxxx@a")]
    [InlineData("https://:secret@a?q=user:secret@b", "https://:xxxxx@a?q=user:secret@b")]
    [InlineData("socks5://secret:secret@secret:1080", "socks5://secret:xxxxx@secret:1080")]
    [InlineData("user:secret@proxy:3128", "user:xxxxx@proxy:3128")]
    [InlineData("proxy:3128", "proxy:3128")]
    [InlineData("", "")]
    public void A_url_is_shown_without_its_password(string url, string shown) => Assert.Equal(shown, ConfigUrl.Shown(url));
}
