namespace AmpEdge.Hosting;

/// <summary>Seeds for jitter and sampling, different in every process. Nothing that must be secret comes from here.</summary>
/// <remarks>
/// The system's entropy by way of a GUID: the runtime's cryptographic generator would load OpenSSL, four megabytes that a
/// process without TLS does not need otherwise.
/// </remarks>
public static class RandomSeed
{
    public static int Next() => Guid.NewGuid().GetHashCode();
}
