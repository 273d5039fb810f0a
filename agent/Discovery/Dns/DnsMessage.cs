namespace AmpEdge.Agent.Discovery;

/// <summary>A response, decoded.</summary>
/// <param name="Code">What the server says of the question.</param>
/// <param name="IsTruncated">The answer did not fit the datagram: ask again over TCP.</param>
/// <param name="Answers">The records of the answer section, in their order.</param>
internal sealed record DnsMessage(DnsResponseCode Code, bool IsTruncated, IReadOnlyList<DnsRecord> Answers);
