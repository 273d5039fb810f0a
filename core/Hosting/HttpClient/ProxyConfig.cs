namespace AmpEdge.Hosting;

/// <summary>Whether and how a proxy is used; without any of these there is none, whatever the environment says.</summary>
public sealed record ProxyConfig
{
    /// <summary>
    /// The proxy: <c>http://</c>, <c>https://</c> or <c>socks5://</c>, with user and password where it wants them.
    /// </summary>
    public string ProxyUrl { get; init; } = "";

    /// <summary>Hosts, domains, IP addresses and CIDR ranges that are reached directly, separated by commas.</summary>
    public string NoProxy { get; init; } = "";

    /// <summary>True to take the proxy from <c>HTTP_PROXY</c>, <c>HTTPS_PROXY</c> and <c>NO_PROXY</c>.</summary>
    public bool FromEnvironment { get; init; }

    /// <summary>Sent to the proxy with each CONNECT, that is for https only.</summary>
    public IReadOnlyList<KeyValuePair<string, IReadOnlyList<Secret>>> ConnectHeaders { get; init; } = [];

    /// <summary>True when no proxy was configured.</summary>
    public bool IsDefault => ProxyUrl.Length == 0 && NoProxy.Length == 0 && !FromEnvironment && ConnectHeaders.Count == 0;

    /// <summary>The address without its user's password, which a URL may carry.</summary>
    public string ShownUrl => ConfigUrl.Shown(ProxyUrl);

    public override string ToString() =>
        $"ProxyConfig {{ ProxyUrl = {ShownUrl}, NoProxy = {NoProxy}, FromEnvironment = {FromEnvironment} }}";
}
