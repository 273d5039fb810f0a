using System.Net;
using System.Security.Cryptography;

namespace AmpEdge.Hosting;

/// <summary>Draws one of all addresses that a host's name has when a connection is opened.</summary>
internal sealed class AddressChoice
{
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _lookUp;
    private readonly Func<int, int> _draw;

    public AddressChoice()
        : this(static (host, cancel) => Dns.GetHostAddressesAsync(host, cancel), RandomNumberGenerator.GetInt32)
    {
    }

    /// <param name="lookUp">The addresses of a host.</param>
    /// <param name="draw">A number from 0 up to, not including, its argument.</param>
    public AddressChoice(Func<string, CancellationToken, Task<IPAddress[]>> lookUp, Func<int, int> draw)
    {
        _lookUp = lookUp;
        _draw = draw;
    }

    /// <summary>Where to connect; the name itself when it has no address, so that the connection says what is wrong.</summary>
    public async Task<EndPoint> ChooseAsync(DnsEndPoint endPoint, CancellationToken cancel)
    {
        IPAddress[] addresses = await _lookUp(endPoint.Host, cancel);
        return addresses.Length == 0 ? endPoint : new IPEndPoint(addresses[_draw(addresses.Length)], endPoint.Port);
    }
}
