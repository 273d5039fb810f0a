using System.Diagnostics.CodeAnalysis;
using System.Text;
using AmpEdge.Hosting;
using AmpEdge.Wal;

namespace AmpEdge.IngestServer.Tools;

/// <summary>The commands of <c>ampedge-server tsdb</c>, which work on stores without a server.</summary>
internal sealed class ToolCommands
{
    /// <summary>The word that begins their command lines.</summary>
    public const string Word = "tsdb";

    public const string Program = "ampedge-server " + Word;

    /// <summary>A dump has millions of short lines.</summary>
    private const int OutputBytes = 64 * 1024;

    private readonly ToolCommand[] _commands;

    public ToolCommands(IFileSystem files, TimeProvider time)
    {
        _commands =
        [
            new ListCommand(files),
            new AnalyzeCommand(files),
            new VerifyCommand(files, time),
            new DumpCommand(files, time),
            new ImportCommand(files),
            new ExportCommand(files, time),
            new SnapshotCommand(files, time),
            new DeleteWorkspaceCommand(files),
        ];
    }

    /// <summary>
    /// Whether a program's arguments are those of a command: everything behind the word, or the word may be left out.
    /// </summary>
    public static bool TryFind(string[] args, [NotNullWhen(true)] out string[]? command)
    {
        command = args switch
        {
            [Word, .. string[] rest] => rest,
            ["import" or "export", ..] => args,
            _ => null,
        };
        return command is not null;
    }

    /// <summary>Runs one command on the real streams.</summary>
    /// <param name="args">The command's name and its arguments.</param>
    public static int Run(IReadOnlyList<string> args)
    {
        using StreamWriter output = new(Console.OpenStandardOutput(), new UTF8Encoding(false), OutputBytes) { NewLine = "\n" };
        return new ToolCommands(new DiskFileSystem(), TimeProvider.System).Run(args, output, Console.Error);
    }

    /// <summary>Runs the command that the first argument names with the others.</summary>
    public int Run(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        if (args is [] or ["-h" or "--help"])
        {
            WriteHelp(args.Count == 0 ? error : output);
            return args.Count == 0 ? ExitCode.Usage : ExitCode.Success;
        }

        List<string> rest = [.. args];
        rest.RemoveAt(0);
        foreach (ToolCommand command in _commands)
        {
            if (command.Name == args[0])
            {
                return command.Run(rest, output, error);
            }
        }

        error.WriteLine($"error: there is no command '{args[0]}'");
        WriteHelp(error);
        return ExitCode.Usage;
    }

    private void WriteHelp(TextWriter output)
    {
        output.WriteLine($"usage: {Program} COMMAND [flags]");
        output.WriteLine();
        foreach (ToolCommand command in _commands)
        {
            output.WriteLine($"  {command.Name,-16} {command.Sentence}");
        }

        output.WriteLine();
        output.WriteLine($"'{Program} COMMAND --help' shows the flags of one. Import and export also go without the word {Word}.");
    }
}
