namespace AmpEdge.Agent.Buffer;

/// <summary>Where samples lie until every destination has them.</summary>
internal enum BufferMode
{
    /// <summary>On disk: they survive the process and the machine.</summary>
    Disk,

    /// <summary>In memory, for nodes without a disk to spare: they end with the process.</summary>
    Memory,
}
