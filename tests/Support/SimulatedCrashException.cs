namespace AmpEdge.Tests.Support;

/// <summary>The process ended here. Not an IOException, so that no code under test handles it.</summary>
public sealed class SimulatedCrashException(string at) : Exception($"simulated crash at {at}");
