namespace AmpEdge.Agent.Discovery;

/// <summary>The response codes that decide what happens next (RFC 1035, section 4.1.1).</summary>
internal enum DnsResponseCode
{
    Success = 0,
    FormatError = 1,
    ServerFailure = 2,
    NameError = 3,
    NotImplemented = 4,
    Refused = 5,
}
