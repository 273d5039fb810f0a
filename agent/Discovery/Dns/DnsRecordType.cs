namespace AmpEdge.Agent.Discovery;

/// <summary>The record types that discovery looks up or meets, with their numbers on the wire (RFC 1035, 2782, 3596, 6891).</summary>
internal enum DnsRecordType : ushort
{
    A = 1,
    NS = 2,
    Cname = 5,
    MX = 15,
    Aaaa = 28,
    Srv = 33,
    Opt = 41,
}
