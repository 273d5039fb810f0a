namespace AmpEdge.Hosting;

/// <summary>A part of a program that is started in its turn and stopped in reverse.</summary>
public interface IComponent
{
    /// <summary>For the log lines of start and stop.</summary>
    string Name { get; }

    /// <summary>Returns when the component works; what must be said to the operator comes as <see cref="StartFailedException"/>.</summary>
    Task StartAsync(CancellationToken cancel);

    /// <summary>Returns when the component's work is done and safe on disk; hurries when <paramref name="cancel"/> fires.</summary>
    Task StopAsync(CancellationToken cancel);
}
