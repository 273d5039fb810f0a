using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace AmpEdge.Agent.Discovery;

/// <summary>
/// Looks names up with the servers and search domains of a <c>resolv.conf</c>, which is read anew for each look-up.
/// </summary>
/// <remarks>
/// <para>The platform resolves addresses only, so SRV, MX and NS need a client of our own; having it, addresses take it too
/// and one rule holds for all types.</para>
/// <para>There are three outcomes, as in Prometheus. A name that a server knows gives its records, be there none of
/// the type. When every name on the search list is unknown to the DNS, the name does not exist and there are no
/// records. In any other case nobody knows, which is a failure: targets stay as they were.</para>
/// </remarks>
internal sealed class DnsResolver(string resolvConf, TimeProvider time)
{
    private int _nextServer;

    /// <summary>The records of a name; none when it does not exist or has none.</summary>
    /// <exception cref="DiscoveryException">No server could tell.</exception>
    public async Task<IReadOnlyList<DnsRecord>> LookUpAsync(string name, DnsRecordType type, CancellationToken cancel)
    {
        ResolverConfig config = ReadConfig();
        List<string> failures = [];
        foreach (string candidate in config.NamesFor(name))
        {
            DnsMessage? answer = await AskAnyServerAsync(config, candidate, type, failures, cancel);
            if (answer?.Code == DnsResponseCode.Success)
            {
                return answer.Answers;
            }
        }

        return failures.Count == 0
            ? []
            : throw new DiscoveryException($"could not resolve {name}: {string.Join("; ", failures)}");
    }

    private ResolverConfig ReadConfig()
    {
        try
        {
            return ResolverConfig.Parse(File.ReadAllText(resolvConf));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DiscoveryException($"could not load {resolvConf}: {error.Message}", error);
        }
    }

    /// <summary>The first answer that tells whether the name exists; null, with the last failure added, when no server gives one.</summary>
    private async Task<DnsMessage?> AskAnyServerAsync(
        ResolverConfig config, string name, DnsRecordType type, List<string> failures, CancellationToken cancel)
    {
        int first = config.Rotate ? (Interlocked.Increment(ref _nextServer) & int.MaxValue) % config.Servers.Count : 0;
        string failure = "";
        for (int turn = 0; turn < config.Attempts * config.Servers.Count; turn++)
        {
            IPEndPoint server = config.Servers[(first + turn) % config.Servers.Count];
            (DnsMessage? answer, failure) = await TryAskAsync(server, name, type, config.Timeout, cancel);
            if (answer?.Code is DnsResponseCode.Success or DnsResponseCode.NameError)
            {
                return answer;
            }
        }

        failures.Add(failure);
        return null;
    }

    private async Task<(DnsMessage? Answer, string Failure)> TryAskAsync(
        IPEndPoint server, string name, DnsRecordType type, TimeSpan patience, CancellationToken cancel)
    {
        using CancellationTokenSource timeout = new(patience, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            DnsMessage answer = await AskAsync(server, name, type, either.Token);
            return (answer, $"{server} answered {answer.Code} for {name}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (null, $"{server} did not answer for {name} within {patience.TotalSeconds:0}s");
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return (null, $"{server}: {error.Message}");
        }
    }

    /// <summary>By datagram; once more without EDNS when the server cannot have that; by TCP when the answer was cut.</summary>
    private static async Task<DnsMessage> AskAsync(
        IPEndPoint server, string name, DnsRecordType type, CancellationToken cancel)
    {
        DnsQuery query = NewQuery(name, type, withEdns: true);
        DnsMessage answer = Read(server, await DnsTransport.AskByUdpAsync(server, query, cancel));
        if (answer.Code is DnsResponseCode.FormatError or DnsResponseCode.NotImplemented)
        {
            query = NewQuery(name, type, withEdns: false);
            answer = Read(server, await DnsTransport.AskByUdpAsync(server, query, cancel));
        }

        if (!answer.IsTruncated)
        {
            return answer;
        }

        query = NewQuery(name, type, withEdns: false);
        answer = Read(server, await DnsTransport.AskByTcpAsync(server, query, cancel));
        return answer.IsTruncated
            ? throw new IOException($"{server} cut its answer for {name} on TCP, too (more than 64 KiB?)")
            : answer;
    }

    private static DnsQuery NewQuery(string name, DnsRecordType type, bool withEdns) =>
        DnsQuery.Create((ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1), name, type, withEdns)
        ?? throw new DiscoveryException(
            $"'{name}' is not a domain name: labels have 1 to 63 bytes, and all of it at most {DnsName.MaxWireBytes}");

    private static DnsMessage Read(IPEndPoint server, byte[] bytes) =>
        DnsMessageReader.TryRead(bytes, out DnsMessage? message)
            ? message
            : throw new IOException($"{server} sent a response that is malformed or cut");
}
