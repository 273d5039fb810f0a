namespace AmpEdge.PromQL;

/// <summary>Computes the value of one window from nothing but its samples.</summary>
internal delegate double WindowReducer(in Window window);
