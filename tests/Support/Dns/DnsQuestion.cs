namespace AmpEdge.Tests.Support;

/// <summary>A question as a fake DNS server received it.</summary>
/// <param name="Name">Rooted, in the case in which it was asked.</param>
/// <param name="Type">The number of the record type.</param>
/// <param name="OverTcp">True when it came over a connection.</param>
/// <param name="HasEdns">True when it had an OPT record behind.</param>
public sealed record DnsQuestion(string Name, int Type, bool OverTcp, bool HasEdns);
