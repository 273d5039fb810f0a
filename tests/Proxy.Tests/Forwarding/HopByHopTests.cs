using System.Linq;
using AmpEdge.Proxy.Forwarding;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace AmpEdge.Proxy.Tests.Forwarding;

public sealed class HopByHopTests
{
    [Fact]
    public void Headers_of_the_connection_and_those_it_names_are_removed()
    {
        HeaderDictionary headers = new()
        {
            ["Connection"] = "close, X-Hop ,,keep-alive",
            ["X-Hop"] = "1",
            ["Keep-Alive"] = "timeout=5",
            ["TE"] = "trailers",
            ["Transfer-Encoding"] = "chunked",
            ["Upgrade"] = "h2c",
            ["Proxy-Authorization"] = "Basic x",
            ["X-Kept"] = "2",
        };
        HopByHop.Remove(headers);

        Assert.Equal(["X-Kept"], headers.Keys);
    }

    [Fact]
    public void Host_and_length_cannot_be_named_away()
    {
        HeaderDictionary headers = new()
        {
            ["Connection"] = "Host, content-length",
            ["Host"] = "h",
            ["Content-Length"] = "3",
        };
        HopByHop.Remove(headers);

        Assert.Equal(["Content-Length", "Host"], headers.Keys.Order());
    }
}
