using System.Linq;
using System.Runtime.InteropServices;
using AmpEdge.Tests.Support;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace AmpEdge.EndToEnd.Tests.Support;

/// <summary>
/// Starts a program as the first container of a rendered pod would start: its arguments and environment, its user, no capabilities, a
/// root file system that cannot be written to, and nothing mounted but what the pod mounts. Needs the right to mount.
/// </summary>
public sealed class Pod
{
    /// <summary>$1 root, $2 the program's folder, $3 .NET's folder, $4 user, $5 group; then pairs of folders to mount, "--", the command.</summary>
    private const string Script = """
        set -e
        root=$1 program=$2 dotnet=$3 user=$4 group=$5
        shift 5
        mount -t tmpfs -o mode=755 tmpfs "$root"
        for folder in /usr /bin /sbin /lib /lib64; do
            if [ -L "$folder" ]; then cp -P "$folder" "$root$folder"
            elif [ -d "$folder" ]; then mkdir "$root$folder"; mount --rbind "$folder" "$root$folder"; fi
        done
        mkdir -p "$root/etc" "$root/proc" "$root/dev" "$root/app" "$root$dotnet"
        cp /etc/hosts /etc/resolv.conf "$root/etc/"
        mount --rbind /proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount --bind "$program" "$root/app"
        case "$dotnet" in /usr/*) ;; *) mount --bind "$dotnet" "$root$dotnet" ;; esac
        while [ "$1" != -- ]; do
            mkdir -p "$root$2"
            mount --bind "$1" "$root$2"
            shift 2
        done
        shift
        mount -o remount,ro "$root"
        exec chroot "$root" /usr/bin/setpriv --reuid="$user" --regid="$group" --clear-groups --no-new-privs --inh-caps=-all --bounding-set=-all "$@"
        """;

    private readonly YamlNode _spec;
    private readonly YamlNode _container;
    private readonly List<YamlMappingNode> _objects;
    private readonly WorkingFolder _folder;
    private readonly Dictionary<string, string> _volumes = new(StringComparer.Ordinal);

    /// <param name="objects">All rendered objects, of which one makes pods.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="folder">Holds what the pod mounts.</param>
    public Pod(List<YamlMappingNode> objects, string kind, WorkingFolder folder)
    {
        _objects = objects;
        _folder = folder;
        _spec = Helm.Find(Helm.Only(objects, kind), "spec", "template", "spec")!;
        _container = Helm.ItemsOf(_spec, "containers").First();
    }

    /// <summary>Fields of the pod that <c>fieldRef</c> asks for, by their path.</summary>
    public Dictionary<string, string> Fields { get; } = new(StringComparer.Ordinal)
    {
        ["metadata.name"] = "r-ampedge-agent-0",
        ["spec.nodeName"] = "node-a",
        ["status.hostIP"] = "127.0.0.1",
        ["metadata.labels['apps.kubernetes.io/pod-index']"] = "0",
    };

    /// <summary>Where the kubelet puts what a service account has; empty where it puts nothing.</summary>
    public string ServiceAccountFolder { get; init; } = "";

    /// <summary>What the cluster itself adds to the environment.</summary>
    public Dictionary<string, string> ClusterEnvironment { get; } = new(StringComparer.Ordinal);

    /// <summary>The folder of this machine behind a volume.</summary>
    public string FolderOf(string volume) => _volumes[volume];

    /// <summary>Runs the init containers and starts the first container.</summary>
    /// <param name="program">What its image has as its entry point.</param>
    /// <param name="port">Of its pages.</param>
    public async Task<RunningProgram> StartAsync(string program, int port)
    {
        if (Environment.UserName != "root")
        {
            Oracle.Absent("a pod's file system cannot be made without the right to mount");
        }

        foreach (YamlNode volume in Helm.ItemsOf(_spec, "volumes"))
        {
            await PrepareAsync(volume);
        }

        foreach (YamlNode init in Helm.ItemsOf(_spec, "initContainers"))
        {
            await RunInitAsync(init);
        }

        string root = Directory.CreateDirectory(_folder.At("root")).FullName;
        Dictionary<string, string> environment = ReadEnvironment();
        List<string> arguments =
        [
            "--mount", "--propagation", "private", "--", "/bin/sh", "-c", Script, "pod",
            root, Path.GetDirectoryName(program)!, DotnetFolder(),
            Helm.TextOf(_spec, "securityContext", "runAsUser"), Helm.TextOf(_spec, "securityContext", "runAsGroup"),
        ];
        foreach (YamlNode mount in Helm.ItemsOf(_container, "volumeMounts"))
        {
            arguments.AddRange([_volumes[Helm.TextOf(mount, "name")], Helm.TextOf(mount, "mountPath")]);
        }

        if (ServiceAccountFolder.Length > 0 && Helm.TextOf(_spec, "automountServiceAccountToken") == "true")
        {
            arguments.AddRange([ServiceAccountFolder, "/var/run/secrets/kubernetes.io/serviceaccount"]);
        }

        arguments.AddRange(["--", "/app/" + Path.GetFileName(program)]);
        foreach (YamlNode argument in Helm.ItemsOf(_container, "args"))
        {
            arguments.Add(Expand(((YamlScalarNode)argument).Value!, environment));
        }

        return RunningProgram.Start(Oracle.Program("unshare"), port, arguments, environment);
    }

    private static string DotnetFolder() =>
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary><c>$(NAME)</c>, as Kubernetes reads arguments.</summary>
    private static string Expand(string argument, Dictionary<string, string> environment)
    {
        foreach ((string name, string value) in environment)
        {
            argument = argument.Replace($"$({name})", value, StringComparison.Ordinal);
        }

        return argument;
    }

    private async Task PrepareAsync(YamlNode volume)
    {
        string name = Helm.TextOf(volume, "name");
        string folder = Directory.CreateDirectory(_folder.At("volume-" + name)).FullName;
        _volumes.Add(name, folder);
        if (Helm.Find(volume, "configMap") is { } reference)
        {
            YamlMappingNode map = _objects.Single(one =>
                Helm.TextOf(one, "kind") == "ConfigMap" && Helm.TextOf(one, "metadata", "name") == Helm.TextOf(reference, "name"));
            foreach ((YamlNode file, YamlNode text) in (YamlMappingNode)Helm.Find(map, "data")!)
            {
                await File.WriteAllTextAsync(Path.Combine(folder, file.ToString()), ((YamlScalarNode)text).Value, TestContext.Current.CancellationToken);
            }
        }
        else if (Helm.Find(volume, "emptyDir") is not null)
        {
            await Command.SucceedAsync(Oracle.Program("chmod"), ["0777", folder]);
        }
    }

    /// <summary>Its command, with the folders of this machine for those that it mounts.</summary>
    private async Task RunInitAsync(YamlNode container)
    {
        List<string> command = [];
        foreach (YamlNode word in Helm.ItemsOf(container, "command"))
        {
            YamlNode? mount = Helm.ItemsOf(container, "volumeMounts").FirstOrDefault(one => Helm.TextOf(one, "mountPath") == word.ToString());
            command.Add(mount is null ? word.ToString() : _volumes[Helm.TextOf(mount, "name")]);
        }

        await Command.SucceedAsync(Oracle.Program(command[0]), [.. command[1..]]);
    }

    private Dictionary<string, string> ReadEnvironment()
    {
        Dictionary<string, string> environment = new(ClusterEnvironment, StringComparer.Ordinal)
        {
            ["DOTNET_ROOT"] = DotnetFolder(),
        };
        foreach (YamlNode variable in Helm.ItemsOf(_container, "env"))
        {
            string field = Helm.TextOf(variable, "valueFrom", "fieldRef", "fieldPath");
            environment[Helm.TextOf(variable, "name")] = field.Length > 0 ? Fields[field] : Helm.TextOf(variable, "value");
        }

        return environment;
    }
}
