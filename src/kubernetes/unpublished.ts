/**
 * What a component holds besides its fields. The schema for other languages takes each field of a component,
 * private ones too, for an output, and knows neither components of this package nor manifests: those are held
 * here, and read by getters and methods, which it passes by.
 */
export class Unpublished<Owner extends object, Values extends object> {
  private readonly held = new WeakMap<Owner, Values>();

  /** Keeps the values, which may be completed later. */
  hold(owner: Owner, values: Values): Values {
    this.held.set(owner, values);
    return values;
  }

  /** The values of an owner. */
  of(owner: Owner): Values {
    const values = this.held.get(owner);
    if (!values) throw new Error("the component has not been made");
    return values;
  }
}
