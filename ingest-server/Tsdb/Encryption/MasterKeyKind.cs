namespace AmpEdge.Tsdb;

/// <summary>What wraps a database's key. Stands in the file of the wrapped key, so a number never changes its meaning.</summary>
public enum MasterKeyKind : byte
{
    /// <summary>32 bytes that this process has.</summary>
    Local = 1,

    /// <summary>A key that a service has and never gives away.</summary>
    Service = 2,
}
