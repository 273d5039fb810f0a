using System.Reflection;
using AmpEdge.Hosting;

namespace AmpEdge.IngestServer.Tools;

/// <summary>One command of <c>ampedge-server tsdb</c>: its flags and what it does with them.</summary>
internal abstract class ToolCommand(string name, string sentence)
{
    /// <summary>The word behind <c>tsdb</c>.</summary>
    public string Name { get; } = name;

    public string Sentence { get; } = sentence;

    protected CommandLine CommandLine { get; } =
        new($"{ToolCommands.Program} {name}", sentence, Assembly.GetExecutingAssembly());

    /// <summary>Reads the arguments and does the work; returns the program's exit code.</summary>
    public int Run(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        if (!CommandLine.TryParse(args, output, error, out int exitCode))
        {
            return exitCode;
        }

        try
        {
            return Run(output, error);
        }
        catch (IOException failure)
        {
            error.WriteLine($"error: {failure.Message}");
            return ExitCode.Failure;
        }
    }

    /// <summary>Does the work. What it throws as <see cref="IOException"/> is told the caller as it is.</summary>
    protected abstract int Run(TextWriter output, TextWriter error);

    /// <summary>Says what is wrong with the flags.</summary>
    protected static int Refuse(TextWriter error, string problem)
    {
        error.WriteLine($"error: {problem}");
        return ExitCode.Usage;
    }
}
