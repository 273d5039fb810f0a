using AmpEdge.Agent.Buffer;
using AmpEdge.Agent.Discovery.Kubernetes;

namespace AmpEdge.Agent;

/// <summary>What the flags say.</summary>
internal sealed record AgentSettings
{
    /// <summary>Each flag's name with its value, to be shown.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Flags { get; init; } = [];

    public required string ConfigFile { get; init; }

    /// <summary>Where the configuration is fetched from into <see cref="ConfigFile"/>; null when it is a file of the user's.</summary>
    public Uri? ConfigUrl { get; init; }

    /// <summary>True to replace <c>${NAME}</c> in configuration files.</summary>
    public bool ExpandEnvironment { get; init; }

    /// <summary>What <c>--enable-feature</c> names, each known.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>Between two looks at the configuration files; zero for none.</summary>
    public TimeSpan AutoReloadInterval { get; init; }

    public required string StoragePath { get; init; }

    public required string ListenAddress { get; init; }

    public int MaxConnections { get; init; } = 512;

    public bool EnableLifecycle { get; init; }

    /// <summary>The URL under which others reach the agent; null for the host's name.</summary>
    public Uri? ExternalUrl { get; init; }

    /// <summary>What stands before the path of every page, such as <c>/agent</c>; empty for nothing.</summary>
    public string RoutePrefix { get; init; } = "";

    /// <summary>The file of name servers for DNS discovery.</summary>
    public string ResolvConf { get; init; } = "/etc/resolv.conf";

    /// <summary>Among how many agents the targets are spread.</summary>
    public int ShardCount { get; init; } = 1;

    /// <summary>Which of them this is, from 0.</summary>
    public int ShardIndex { get; init; }

    /// <summary>What the flags say of Kubernetes.</summary>
    public KubernetesFlags Kubernetes { get; init; } = new();

    public BufferOptions Buffer { get; init; } = new();

    /// <summary>The file with the buffer's key; empty for none.</summary>
    public string EncryptionKeyFile { get; init; } = "";

    /// <summary>What equal agents share as <c>cluster</c>; empty for no labels of high availability.</summary>
    public string HaCluster { get; init; } = "";

    /// <summary>This agent's <c>__replica__</c>.</summary>
    public string HaReplica { get; init; } = "";

    /// <summary>How long stopping goes on delivering what waits in memory.</summary>
    public TimeSpan FlushDeadline { get; init; } = TimeSpan.FromSeconds(5);
}
