// Several clients' steps side by side, against one server. Each line that is
// printed begins with whose it is: "0.7/xhr-polling passed connects". The
// server is ended when all who still run have asked for it.

export class Jobs {
  constructor() {
    this.running = new Set();
    this.asking = new Map(); // kind of restart -> those who wait for it
  }

  say(job, line) {
    for (const l of line.split("\n")) console.log(`${job} ${l}`);
  }

  restart(how) {
    return new Promise((resolve) => {
      if (!this.asking.has(how)) this.asking.set(how, []);
      this.asking.get(how).push(resolve);
      this.look();
    });
  }

  look() {
    for (const [how, all] of this.asking) {
      if (all.length < this.running.size) continue;
      this.asking.delete(how);
      console.log(`@${how}`);
      for (const resolve of all) resolve();
    }
  }

  async run(names, f) {
    for (const name of names) this.running.add(name);
    await Promise.all(
      names.map(async (name) => {
        try {
          await f(name);
          this.say(name, "finished");
        } catch (err) {
          this.say(name, `FAILED ${err.message ?? err}`);
        }
        this.running.delete(name);
        this.look();
      }),
    );
  }
}
