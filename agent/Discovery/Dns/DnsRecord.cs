namespace AmpEdge.Agent.Discovery;

/// <summary>One record of an answer, as far as targets are made of it.</summary>
/// <param name="Type">Its type; the other fields are empty for those that make no targets.</param>
/// <param name="Target">An address as text, or the name that an SRV, MX or NS record points to, with its final dot.</param>
/// <param name="Port">The port of an SRV record; else 0.</param>
internal readonly record struct DnsRecord(DnsRecordType Type, string Target, int Port = 0);
